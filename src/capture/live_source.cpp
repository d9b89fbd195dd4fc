#include "capture/live_source.h"

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <vector>

#include "capture/interface.h"
#include "capture/link_type.h"

namespace flowsift::capture {
namespace {

constexpr int kIdleMilliseconds = 100;
constexpr int kRingTimeoutMilliseconds = 20;  // How long the kernel may hold back a ring block that is not full.
constexpr int kBatchPackets = 256;
constexpr std::size_t kBatchBytes = 1 << 20;

struct ClosePcap {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
};
using PcapHandle = std::unique_ptr<pcap_t, ClosePcap>;

class LiveSource final : public PacketSource {
  public:
    LiveSource(std::string interface, PcapHandle handle)
        : interface_(std::move(interface)),
          handle_(std::move(handle)),
          link_type_(link_type_from_number(static_cast<std::uint32_t>(pcap_datalink(handle_.get())))),
          has_nanoseconds_(pcap_get_tstamp_precision(handle_.get()) == PCAP_TSTAMP_PRECISION_NANO),
          room_(kBatchBytes + static_cast<std::size_t>(pcap_snapshot(handle_.get()))) {}

    ReadStatus read(std::span<const RawPacket>& batch) override {
        batch = {};
        count_ = 0;
        used_ = 0;
        const bool is_stopping = stopped_.load(std::memory_order_relaxed);
        if (damage_ || (is_stopping && received_ >= due_at_stop())) return ReadStatus::kEnd;
        pollfd waiting{pcap_get_selectable_fd(handle_.get()), POLLIN, 0};
        poll(&waiting, 1,
             is_stopping ? 2 * kRingTimeoutMilliseconds : kIdleMilliseconds);  // pcap_dispatch() tells errors.
        const int result = pcap_dispatch(handle_.get(), kBatchPackets, take, reinterpret_cast<u_char*>(this));
        if (result == PCAP_ERROR)
            damage_ = base::Error{fmt::format("capture on {} ended: {}", interface_, pcap_geterr(handle_.get()))};
        if (count_ == 0) return damage_ || is_stopping ? ReadStatus::kEnd : ReadStatus::kIdle;
        received_ += count_;
        batch = std::span(batch_).first(count_);
        return ReadStatus::kPackets;
    }

    SourceStatistics statistics() const override {
        SourceStatistics statistics;
        statistics.received = received_;
        pcap_stat kernel{};
        if (pcap_stats(handle_.get(), &kernel) == 0) {
            statistics.kernel_dropped = kernel.ps_drop;
            statistics.interface_dropped = kernel.ps_ifdrop;
        }
        return statistics;
    }

    const base::Error* damage() const override { return damage_ ? &*damage_ : nullptr; }
    void stop() override { stopped_.store(true, std::memory_order_relaxed); }
    std::string name() const override { return interface_; }

  private:
    static void take(u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
        reinterpret_cast<LiveSource*>(self)->copy(*header, bytes);
    }

    /// What the kernel had for us when it was first seen that we shall stop: packets that wait in its ring then are
    /// still read, later ones are not, so that a busy link cannot keep us.
    std::uint64_t due_at_stop() {
        if (!due_at_stop_) {
            pcap_stat kernel{};
            const bool is_known = pcap_stats(handle_.get(), &kernel) == 0;
            due_at_stop_ = is_known ? kernel.ps_recv - std::min(kernel.ps_recv, kernel.ps_drop) : received_;
        }
        return *due_at_stop_;
    }

    void copy(const pcap_pkthdr& header, const std::uint8_t* bytes) {
        const std::size_t captured = std::min<std::size_t>(header.caplen, room_.size() - used_);
        std::memcpy(room_.data() + used_, bytes, captured);
        RawPacket& packet = batch_[count_++];
        packet.timestamp =
            header.ts.tv_sec * base::kSecond + header.ts.tv_usec * (has_nanoseconds_ ? 1 : base::kMicrosecond);
        packet.bytes = {room_.data() + used_, captured};
        packet.original_length = header.len;
        packet.link_type = link_type_;
        used_ += captured;
        // There is room for one more frame of the full snap length as long as this holds.
        if (used_ > kBatchBytes) pcap_breakloop(handle_.get());
    }

    std::string interface_;
    PcapHandle handle_;
    LinkType link_type_;
    bool has_nanoseconds_;
    std::vector<std::uint8_t> room_;
    std::size_t used_ = 0;
    std::array<RawPacket, kBatchPackets> batch_;
    std::size_t count_ = 0;
    std::uint64_t received_ = 0;
    std::optional<std::uint64_t> due_at_stop_;
    std::optional<base::Error> damage_;
    std::atomic<bool> stopped_{false};
};

base::Result<void> activate(pcap_t* handle, const std::string& interface, const LiveOptions& options) {
    pcap_set_snaplen(handle, static_cast<int>(options.snap_length));
    pcap_set_promisc(handle, options.is_promiscuous);
    pcap_set_timeout(handle, kRingTimeoutMilliseconds);
    pcap_set_buffer_size(handle, static_cast<int>(options.buffer_bytes));
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);  // Where refused, microseconds stay.
    const int code = pcap_activate(handle);
    if (code == PCAP_ERROR_PERM_DENIED || code == PCAP_ERROR_PROMISC_PERM_DENIED)
        return no_capture_permission(interface);
    if (code < 0) {
        return base::Error{
            fmt::format("cannot capture on {}: {} ({})", interface, pcap_statustostr(code), pcap_geterr(handle))};
    }
    return {};
}

base::Result<void> set_filter(pcap_t* handle, const std::string& filter) {
    bpf_program program{};
    if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return base::Error{fmt::format("the filter \"{}\" is not valid: {}", filter, pcap_geterr(handle)),
                           base::ErrorKind::kUsage};
    }
    const int code = pcap_setfilter(handle, &program);
    pcap_freecode(&program);
    if (code != 0) return base::Error{fmt::format("cannot set the filter \"{}\": {}", filter, pcap_geterr(handle))};
    return {};
}

}  // namespace

base::Result<void> check_snap_length(const LiveOptions& options) {
    if (options.snap_length > 0 && options.snap_length <= kMostSnapLength) return {};
    return base::Error{fmt::format("the snap length must be 1 to {} bytes", kMostSnapLength), base::ErrorKind::kUsage};
}

base::Result<std::unique_ptr<PacketSource>> open_live(const std::string& interface, const LiveOptions& options) {
    if (const auto found = find_interface(interface); !found && interface != "any") return found.error();
    if (const auto checked = check_snap_length(options); !checked) return checked.error();
    char message[PCAP_ERRBUF_SIZE] = "";
    PcapHandle handle(pcap_create(interface.c_str(), message));
    if (!handle) return base::Error{fmt::format("cannot open {}: {}", interface, message)};
    if (auto activated = activate(handle.get(), interface, options); !activated) return activated.error();
    if (!options.filter.empty())
        if (auto set = set_filter(handle.get(), options.filter); !set) return set.error();
    if (pcap_setnonblock(handle.get(), 1, message) != 0)
        return base::Error{fmt::format("cannot capture on {}: {}", interface, message)};
    std::unique_ptr<PacketSource> source = std::make_unique<LiveSource>(interface, std::move(handle));
    return source;
}

}  // namespace flowsift::capture
