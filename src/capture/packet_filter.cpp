#include "capture/packet_filter.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>

#include "capture/link_type.h"

namespace flowsift::capture {
namespace {

constexpr int kSnapLength = 262'144;

struct ClosePcap {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};

class FilteredSource final : public PacketSource {
  public:
    FilteredSource(std::unique_ptr<PacketSource> source, PacketFilter filter)
        : source_(std::move(source)), filter_(std::move(filter)) {}

    ReadStatus read(std::span<const RawPacket>& batch) override {
        batch = {};
        while (!filter_.failure()) {
            std::span<const RawPacket> all;
            const ReadStatus status = source_->read(all);
            if (status != ReadStatus::kPackets) return status;
            matching_.clear();
            for (const RawPacket& packet : all)
                if (filter_.matches(packet)) matching_.push_back(packet);
            filtered_ += all.size() - matching_.size();
            if (matching_.empty()) continue;
            batch = matching_;
            return ReadStatus::kPackets;
        }
        return ReadStatus::kEnd;
    }

    SourceStatistics statistics() const override {
        SourceStatistics statistics = source_->statistics();
        statistics.received -= filtered_;
        statistics.filtered += filtered_;
        return statistics;
    }

    base::Nanoseconds settled() override { return source_->settled(); }
    const base::Error* damage() const override { return filter_.failure() ? filter_.failure() : source_->damage(); }
    void stop() override { source_->stop(); }
    std::string name() const override { return source_->name(); }

  private:
    std::unique_ptr<PacketSource> source_;
    PacketFilter filter_;
    std::vector<RawPacket> matching_;
    std::uint64_t filtered_ = 0;
};

}  // namespace

void PacketFilter::FreeProgram::operator()(bpf_program* program) const {
    pcap_freecode(program);
    delete program;
}

const PacketFilter::Compiled& PacketFilter::compiled_for(LinkType link_type) {
    for (const Compiled& compiled : programs_)
        if (compiled.link_type == link_type) return compiled;
    // pcap_open_dead() wants libpcap's number, which differs for raw IP alone.
    const int number = link_type == LinkType::kRaw ? DLT_RAW : static_cast<int>(link_type);
    const std::unique_ptr<pcap_t, ClosePcap> handle(pcap_open_dead(number, kSnapLength));
    auto program = std::make_unique<bpf_program>();
    const bool compiles =
        handle && pcap_compile(handle.get(), program.get(), expression_.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (compiles) {
        programs_.push_back({link_type, std::unique_ptr<bpf_program, FreeProgram>(program.release())});
    } else {
        failure_ = base::Error{fmt::format("the filter \"{}\" does not work for link type {}: {}", expression_,
                                           to_string(link_type), handle ? pcap_geterr(handle.get()) : "out of memory"),
                               base::ErrorKind::kUsage};
        programs_.push_back({link_type, nullptr});
    }
    return programs_.back();
}

bool PacketFilter::matches(const RawPacket& packet) {
    const Compiled& compiled = compiled_for(packet.link_type);
    if (!compiled.program) return false;
    const auto captured = static_cast<std::uint32_t>(packet.bytes.size());
    return bpf_filter(compiled.program->bf_insns, packet.bytes.data(), packet.original_length, captured) != 0;
}

base::Result<PacketFilter> compile_filter(const std::string& expression) {
    PacketFilter filter(expression);
    if (!filter.compiled_for(LinkType::kRaw).program && !filter.compiled_for(LinkType::kEthernet).program)
        return *filter.failure_;
    return PacketFilter(expression);  // Afresh: a link type that it is wrong for may never come along.
}

std::unique_ptr<PacketSource> filtered(std::unique_ptr<PacketSource> source, PacketFilter filter) {
    return std::make_unique<FilteredSource>(std::move(source), std::move(filter));
}

}  // namespace flowsift::capture
