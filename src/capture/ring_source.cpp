#include "capture/ring_source.h"

#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/wall_clock.h"
#include "capture/interface.h"
#include "capture/packet_filter.h"

namespace flowsift::capture {
namespace {

constexpr int kIdleMilliseconds = 100;
constexpr int kGroupIdleMilliseconds = kRingBlockMilliseconds;  // The group's other rings wait for word of this one.
/// From a packet's stamp to its place in the ring, where the kernel stamps packets as they arrive.
constexpr base::Nanoseconds kLongestWay = 10 * base::kMillisecond;
constexpr int kClosingRounds = 25;  // Waits of one block's time: half a second for what a core still has under way.
constexpr std::size_t kBatchPackets = 256;
constexpr std::uint32_t kAddressBytes = 12;  // Of an Ethernet header, before the place of a VLAN tag.
constexpr std::uint32_t kVlanTagBytes = 4;
constexpr std::uint32_t kEthernetHeaderBytes = 14;
constexpr std::uint32_t kEthertypeVlan = 0x8100;
/// TP_STATUS_GSO_TCP of Linux 6.3: segments that were put together. Older kernels never set it.
constexpr std::uint32_t kStatusJoinedSegments = 1U << 8;

class Mapping {
  public:
    Mapping(void* memory, std::size_t bytes) : memory_(static_cast<std::uint8_t*>(memory)), bytes_(bytes) {}
    Mapping(Mapping&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_) {}
    Mapping& operator=(Mapping&&) = delete;
    Mapping(const Mapping&) = delete;
    ~Mapping() {
        if (memory_ != nullptr) munmap(memory_, bytes_);
    }
    tpacket_block_desc& block(std::uint32_t index) const {
        return *reinterpret_cast<tpacket_block_desc*>(memory_ + std::size_t{index} * kRingBlockBytes);
    }

  private:
    std::uint8_t* memory_;
    std::size_t bytes_;
};

std::atomic_ref<std::uint32_t> status_of(tpacket_block_desc& block) {
    return std::atomic_ref<std::uint32_t>(block.hdr.bh1.block_status);
}

class RingSource final : public PacketSource {
  public:
    RingSource(base::Descriptor socket, Mapping ring, Interface interface, LinkType link_type,
               std::uint32_t block_count, bool is_of_group)
        : socket_(std::move(socket)),
          ring_(std::move(ring)),
          interface_(std::move(interface)),
          link_type_(link_type),
          block_count_(block_count),
          idle_milliseconds_(is_of_group ? kGroupIdleMilliseconds : kIdleMilliseconds),
          longest_frame_(interface_.mtu + kEthernetHeaderBytes + 2 * kVlanTagBytes) {}

    ReadStatus read(std::span<const RawPacket>& batch) override {
        batch = {};
        if (packets_left_ == 0) give_block_back();
        if (stopped_.load(std::memory_order_relaxed) && !is_closing_) close();
        while (packets_left_ == 0 && !take_block()) {
            if (is_closing_ && is_drained()) return end();
            wait(is_closing_ ? kRingBlockMilliseconds : idle_milliseconds_);
            if (!take_block() && !is_closing_) return ReadStatus::kIdle;
        }
        batch = std::span(batch_).first(take_packets());
        received_ += batch.size();
        settled_ = std::max(settled_, batch.back().timestamp);
        return ReadStatus::kPackets;
    }

    base::Nanoseconds settled() override {
        if (packets_left_ > 0) return settled_;
        const base::Nanoseconds now = base::wall_clock();
        refresh_statistics();
        if (received_ + dropped_ >= offered_) settled_ = std::max(settled_, now - kLongestWay);
        return settled_;
    }

    SourceStatistics statistics() const override {
        SourceStatistics statistics;
        statistics.received = received_;
        statistics.offered = offered_;
        statistics.kernel_dropped = dropped_ + abandoned_;
        statistics.ring_full = ring_full_;
        statistics.super_frames = super_frames_;
        return statistics;
    }

    const base::Error* damage() const override { return damage_ ? &*damage_ : nullptr; }
    void stop() override { stopped_.store(true, std::memory_order_relaxed); }
    std::string name() const override { return interface_.name; }

  private:
    /// True if the block at hand holds packets for us now.
    bool take_block() {
        tpacket_block_desc& block = ring_.block(block_);
        if ((status_of(block).load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return false;
        holds_block_ = true;
        packets_left_ = block.hdr.bh1.num_pkts;
        next_ = reinterpret_cast<std::uint8_t*>(&block) + block.hdr.bh1.offset_to_first_pkt;
        if (packets_left_ == 0) give_block_back();
        refresh_statistics();
        return packets_left_ > 0;
    }

    void give_block_back() {
        if (!holds_block_) return;
        status_of(ring_.block(block_)).store(TP_STATUS_KERNEL, std::memory_order_release);
        holds_block_ = false;
        block_ = (block_ + 1) % block_count_;
    }

    std::size_t take_packets() {
        std::size_t count = 0;
        for (; packets_left_ > 0 && count < kBatchPackets; --packets_left_) {
            auto& header = *reinterpret_cast<tpacket3_hdr*>(next_);
            batch_[count++] = packet_of(header);
            next_ += header.tp_next_offset;
        }
        return count;
    }

    RawPacket packet_of(tpacket3_hdr& header) {
        std::uint8_t* bytes = reinterpret_cast<std::uint8_t*>(&header) + header.tp_mac;
        RawPacket packet;
        packet.timestamp = std::int64_t{header.tp_sec} * base::kSecond + header.tp_nsec;
        packet.bytes = {bytes, header.tp_snaplen};
        packet.original_length = header.tp_len;
        packet.link_type = link_type_;
        if (!interface_.is_loopback &&
            ((header.tp_status & kStatusJoinedSegments) != 0 || header.tp_len > longest_frame_))
            ++super_frames_;
        if ((header.tp_status & TP_STATUS_VLAN_VALID) != 0) put_tag_back(header, bytes, packet);
        return packet;
    }

    /// The ring has room for it before each frame (PACKET_RESERVE).
    void put_tag_back(const tpacket3_hdr& header, std::uint8_t* bytes, RawPacket& packet) const {
        if (link_type_ != LinkType::kEthernet || packet.bytes.size() < kAddressBytes) return;
        const bool has_type = (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
        const std::uint32_t type = has_type ? header.hv1.tp_vlan_tpid : kEthertypeVlan;
        const std::uint32_t tag = type << 16 | (header.hv1.tp_vlan_tci & 0xffffU);
        std::memmove(bytes - kVlanTagBytes, bytes, kAddressBytes);
        for (std::uint32_t i = 0; i < kVlanTagBytes; ++i)
            bytes[kAddressBytes - kVlanTagBytes + i] = static_cast<std::uint8_t>(tag >> (24 - 8 * i));
        packet.bytes = {bytes - kVlanTagBytes, packet.bytes.size() + kVlanTagBytes};
        packet.original_length += kVlanTagBytes;
    }

    /// The kernel's counters start again from 0 whenever they are asked for.
    void refresh_statistics() {
        tpacket_stats_v3 fresh{};
        socklen_t length = sizeof fresh;
        if (getsockopt(socket_.number(), SOL_PACKET, PACKET_STATISTICS, &fresh, &length) != 0) return;
        offered_ += fresh.tp_packets;  // Dropped ones among them.
        dropped_ += fresh.tp_drops;
        ring_full_ += fresh.tp_freeze_q_cnt;
    }

    void wait(int milliseconds) {
        pollfd waiting{socket_.number(), POLLIN, 0};
        if (poll(&waiting, 1, milliseconds) > 0 && (waiting.revents & POLLERR) != 0) look_at_error();
        refresh_statistics();
    }

    /// An interface that is merely down may come up again, and with it the packets; one that is gone may not.
    void look_at_error() {
        int problem = 0;
        socklen_t length = sizeof problem;
        getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &problem, &length);
        if (problem == 0) return;
        ifreq request{};
        std::memcpy(request.ifr_name, interface_.name.data(), interface_.name.size());
        const bool exists =
            ioctl(socket_.number(), SIOCGIFINDEX, &request) == 0 && request.ifr_ifindex == interface_.index;
        if (!exists)
            damage_ = base::Error{fmt::format("capture on {} ended: the interface is gone", interface_.name)};
        else if (problem != ENETDOWN)
            damage_ = base::Error{fmt::format("capture on {} ended: {}", interface_.name, std::strerror(problem))};
        if (damage_) close();
    }

    /// No packet enters the ring from now on; those in it are still read.
    void close() {
        is_closing_ = true;
        replace_filter(socket_, {BPF_STMT(BPF_RET | BPF_K, 0)});
    }

    /// Every packet that the kernel has counted is accounted for, or it has been waited for long enough.
    bool is_drained() {
        refresh_statistics();
        return received_ + dropped_ >= offered_ || ++closing_rounds_ > kClosingRounds;
    }

    ReadStatus end() {
        abandoned_ = offered_ - received_ - dropped_;
        return ReadStatus::kEnd;
    }

    base::Descriptor socket_;
    Mapping ring_;
    Interface interface_;
    LinkType link_type_;
    std::uint32_t block_count_;
    int idle_milliseconds_;
    std::uint32_t longest_frame_;  ///< That the interface's MTU allows, with two VLAN tags.
    std::uint32_t block_ = 0;      ///< Of the ring, whose turn it is.
    bool holds_block_ = false;     ///< It is ours for now.
    std::uint32_t packets_left_ = 0;
    std::uint8_t* next_ = nullptr;  ///< Header of the next packet, where packets are left.
    std::array<RawPacket, kBatchPackets> batch_;
    base::Nanoseconds settled_ = INT64_MIN;
    std::uint64_t received_ = 0;
    std::uint64_t offered_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t abandoned_ = 0;  ///< Counted by the kernel, but not in the ring within the time for closing.
    std::uint64_t ring_full_ = 0;
    std::uint64_t super_frames_ = 0;
    bool is_closing_ = false;
    int closing_rounds_ = 0;
    std::optional<base::Error> damage_;
    std::atomic<bool> stopped_{false};
};

base::Result<std::unique_ptr<PacketSource>> map_ring(base::Descriptor socket, const Interface& interface,
                                                     LinkType link_type, const RingRequest& request) {
    const std::size_t bytes = std::size_t{request.block_count} * kRingBlockBytes;
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket.number(), 0);
    if (memory == MAP_FAILED)
        return base::Error{fmt::format("cannot map the packet ring of {}: {}", interface.name, std::strerror(errno))};
    std::unique_ptr<PacketSource> source =
        std::make_unique<RingSource>(std::move(socket), Mapping(memory, bytes), interface, link_type,
                                     request.block_count, !request.group.choice.empty());
    return source;
}

/// The request that the options make, and what it takes to read its ring.
struct Plan {
    Interface interface;
    LinkType link_type = LinkType::kEthernet;
    bool is_filtered_here = false;  ///< The kernel passes everything on.
    RingRequest request;
};

base::Result<Plan> plan_of(const std::string& name, const LiveOptions& options) {
    const auto interface = find_interface(name);
    if (!interface) return interface.error();
    const std::optional<LinkType> link_type = ring_link_type(interface->hardware_type);
    if (!link_type) return base::Error{fmt::format("a ring cannot read {}; --capture libpcap can", name)};
    if (const auto checked = check_snap_length(options); !checked) return checked.error();
    const bool is_filtered_here = asks_for_vlan(options.filter);
    auto filter = kernel_filter(options.filter, *link_type, options.snap_length);
    if (!filter) return filter.error();
    if (is_filtered_here) filter = kernel_filter("", *link_type, options.snap_length);
    const std::uint32_t blocks = std::clamp(options.buffer_bytes / kRingBlockBytes, kLeastRingBlocks, kMostRingBlocks);
    return Plan{*interface, *link_type, is_filtered_here,
                RingRequest{.interface = name,
                            .block_count = blocks,
                            .is_promiscuous = options.is_promiscuous,
                            .filter = std::move(*filter)}};
}

}  // namespace

base::Result<std::unique_ptr<PacketSource>> open_ring(const std::string& name, const LiveOptions& options,
                                                      const RingOpener& opener) {
    const auto plan = plan_of(name, options);
    if (!plan) return plan.error();
    auto socket = opener(plan->request);
    if (!socket) return socket.error();
    auto source = map_ring(std::move(*socket), plan->interface, plan->link_type, plan->request);
    if (!source || !plan->is_filtered_here) return source;
    auto after = compile_filter(options.filter);
    if (!after) return after.error();
    return filtered(std::move(*source), std::move(*after));
}

base::Result<std::vector<std::unique_ptr<PacketSource>>> open_ring_group(const std::string& name,
                                                                         const LiveOptions& options, std::size_t count,
                                                                         const HostSpread& spread,
                                                                         const RingOpener& opener) {
    LiveOptions each = options;
    each.buffer_bytes = static_cast<std::uint32_t>(options.buffer_bytes / count);
    auto plan = plan_of(name, each);
    if (!plan) return plan.error();
    if (plan->is_filtered_here)
        return base::Error{"a filter that asks for VLANs takes one ring: --workers 1", base::ErrorKind::kUsage};
    plan->request.group.choice = spread.program();
    std::vector<std::unique_ptr<PacketSource>> rings;
    while (rings.size() < count) {
        auto socket = opener(plan->request);
        if (!socket) return socket.error();
        const auto group = group_of(*socket);
        if (!group) return group.error();
        plan->request.group.number = *group;
        auto source = map_ring(std::move(*socket), plan->interface, plan->link_type, plan->request);
        if (!source) return source.error();
        rings.push_back(std::move(*source));
    }
    return rings;
}

}  // namespace flowsift::capture
