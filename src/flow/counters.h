// AssemblyCounters: where every packet and every flow went. TimeCounters: what was done to absurd timestamps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/flow_identity.h"

namespace flowsift::flow {

/// No memory cap is taken to be smaller: the first blocks need about as much.
inline constexpr std::size_t kLeastMemoryCap = std::size_t{2} << 20;
/// Nor greater: a flow's number has 31 bits.
inline constexpr std::size_t kMostMemoryCap = std::size_t{1} << 40;

/// flows_started == sum(flows_ended) + flows_live, always. packets == sum of packets in flows + late_packets.
struct AssemblyCounters {
    std::uint64_t packets = 0;       ///< Given to add().
    std::uint64_t late_packets = 0;  ///< After the export of a closed flow of their key: belong to no flow.
    std::uint64_t flows_started = 0;
    std::uint64_t flows_live = 0;
    std::array<std::uint64_t, kEndReasonCount> flows_ended{};  ///< By EndReason.

    AssemblyCounters& operator+=(const AssemblyCounters& other) {
        packets += other.packets;
        late_packets += other.late_packets;
        flows_started += other.flows_started;
        flows_live += other.flows_live;
        for (std::size_t i = 0; i < flows_ended.size(); ++i) flows_ended[i] += other.flows_ended[i];
        return *this;
    }
};

struct TimeCounters {
    std::uint64_t clamped_timestamps = 0;  ///< Earlier than the latest seen: taken as that. Or centuries away.
    std::uint64_t held_back_jumps = 0;     ///< Forward jumps over an hour that no later packet has confirmed.
};

}  // namespace flowsift::flow
