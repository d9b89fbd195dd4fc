#include "app/measurement.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "app/account.h"
#include "app/stop_signal.h"
#include "capture/capture_file.h"
#include "output/flow_csv.h"

namespace flowsift::app {
namespace {

/// Calls `use` with each batch; returns the number of packets.
template <class Use>
base::Result<std::uint64_t> read_all(const std::string& path, Use&& use) {
    auto source = capture::open_capture(path);
    if (!source) return source.error();
    const StopsSource stops_source(**source);
    std::uint64_t packets = 0;
    std::span<const capture::RawPacket> batch;
    while ((*source)->read(batch) == capture::ReadStatus::kPackets) {
        use(batch);
        packets += batch.size();
    }
    return packets;
}

class RowWriter final : public features::FlowListener {
  public:
    explicit RowWriter(output::FlowCsv& csv) : csv_(csv) {}
    void on_flow_ended(const features::FlowRow& row) override { csv_.on_flow(row, nullptr); }

  private:
    output::FlowCsv& csv_;
};

}  // namespace

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

base::Result<std::uint64_t> count_by_libpcap(const std::string& path) {
    char message[PCAP_ERRBUF_SIZE] = "";
    const std::unique_ptr<pcap_t, void (*)(pcap_t*)> handle(pcap_open_offline(path.c_str(), message),
                                                            [](pcap_t* opened) {
                                                                if (opened) pcap_close(opened);
                                                            });
    if (!handle) return base::Error{fmt::format("libpcap cannot read {}: {}", path, message)};
    std::uint64_t packets = 0;
    const auto count = [](u_char* sum, const pcap_pkthdr*, const u_char*) { ++*reinterpret_cast<std::uint64_t*>(sum); };
    if (pcap_loop(handle.get(), -1, count, reinterpret_cast<u_char*>(&packets)) != 0)
        return base::Error{fmt::format("libpcap cannot read all of {}: {}", path, pcap_geterr(handle.get()))};
    return packets;
}

base::Result<std::uint64_t> count_packets(const std::string& path) {
    return read_all(path, [](std::span<const capture::RawPacket>) {});
}

base::Result<std::uint64_t> decode_packets(const std::string& path) {
    decode::Decoder decoder;
    decode::Packet packet;
    return read_all(path, [&](std::span<const capture::RawPacket> batch) {
        for (const capture::RawPacket& raw : batch) decoder.decode(raw, packet);
    });
}

base::Result<output::RunStatistics> meter_packets(const std::string& path, const MeteredRun& run,
                                                  features::FlowListener& listener) {
    auto source = capture::open_capture(path);
    if (!source) return source.error();
    const auto meter = make_meter({.profile = run.profile}, run.schema, run.workers, listener);
    Pipeline pipeline(*meter);
    PipelineOptions options;
    if (run.after_batch) options.after_batch = [&] { run.after_batch(*meter); };
    pipeline.run(**source, options);
    if (run.before_end) run.before_end(*meter);
    meter->finish();
    Account account;
    account.add(pipeline, (*source)->statistics());
    return account.summary().totals;
}

base::Result<output::RunStatistics> write_rows(const std::string& path, const std::string& output,
                                               const MeteredRun& run) {
    auto csv = output::FlowCsv::open(output, run.schema, {.capture = path, .profile = std::string(run.profile.name)});
    if (!csv) return csv.error();
    RowWriter writer(**csv);
    auto totals = meter_packets(path, run, writer);
    if (const auto written = (*csv)->finish(); !written) return written.error();
    return totals;
}

}  // namespace flowsift::app
