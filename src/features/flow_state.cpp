#include "features/flow_state.h"

#include <algorithm>

namespace flowsift::features {
namespace {

constexpr std::uint32_t kSubflowGap = 1'000'000;  // Microseconds.
constexpr std::uint32_t kIdleGap = 5'000'000;

/// As published: ICMP and unknown protocols have no payload.
std::uint32_t cic_payload_length(const decode::Packet& packet) {
    switch (packet.protocol) {
        case decode::ip_protocol::kTcp:
        case decode::ip_protocol::kUdp:
        case decode::ip_protocol::kSctp:
            return packet.payload_length;
        default:
            return 0;
    }
}

std::uint16_t cic_header_length(const decode::Packet& packet) {
    const bool counts = packet.protocol == decode::ip_protocol::kTcp || packet.protocol == decode::ip_protocol::kUdp;
    return counts ? packet.header_length : std::uint16_t{0};
}

}  // namespace

void FlowState::add(const decode::Packet& packet, flow::Direction direction, base::Nanoseconds time) {
    const std::uint32_t now = moment(time);
    Side& side = sides[direction];
    if (total_packets() > 0) add_gap(now);
    if (packets[direction] > 0)
        side.gaps.add(now - side.last);
    else
        side.first_window = packet.tcp_window;
    side.last = now;

    const std::uint32_t payload_length = cic_payload_length(packet);
    side.payload.add(payload_length);
    if (payload_length > 0) {
        forward_data_packets += direction == flow::kForward ? 1 : 0;
        bulk.add(direction, payload_length, now);
    }
    const std::uint16_t header_length = cic_header_length(packet);
    side.header_bytes += header_length;
    side.least_header = std::min(side.least_header, header_length);
    for (unsigned bits = packet.tcp_flags; bits != 0; bits &= bits - 1)
        ++side.flag_counts[static_cast<std::size_t>(std::countr_zero(bits))];
}

void FlowState::add_gap(std::uint32_t now) {
    const std::uint32_t before = moment(last);
    const std::uint32_t gap = now - before;
    gaps.add(gap);
    if (gap > kSubflowGap) ++subflow_gaps;
    if (gap <= kIdleGap) return;
    ++idle_gaps;
    idle.add(gap);
    active.add(before - active_start);
    active_start = now;
}

}  // namespace flowsift::features
