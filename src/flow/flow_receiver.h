// FlowReceiver: what the assembler asks of whoever computes features: it tells of flows and of their packets, and keeps
// the memory of both under one cap.
//
// A concept, not an interface: these are called for every packet.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "decode/packet.h"
#include "flow/direction.h"
#include "flow/flow_identity.h"

namespace flowsift::flow {

/// A handle names a live flow from its start to its end and is small: side
/// arrays may be indexed by it.
template <class Receiver, class State>
concept FlowReceiver = requires(Receiver receiver, State& state, const State& seen, const decode::Packet& packet,
                                std::uint32_t handle, base::Nanoseconds time, std::size_t flows) {
    /// Its key, first and initiator are set; it has no packets yet.
    receiver.on_flow_started(handle, seen);
    /// Before the record's own numbers (last, packets, wire_bytes) take the packet in.
    receiver.on_packet(handle, state, packet, kForward, time);
    /// Once they have; it may have become a closing flow by that packet.
    receiver.on_packet_added(handle, seen, time);
    /// `time`: when it ended by the capture's clock; never earlier than settled().
    receiver.on_flow_ended(handle, seen, EndReason::kIdle, time);
    /// The capture's clock has come to `time`, and all flows that ended before it have been told. Called slot by slot
    /// of the timers, as long as there are flows.
    receiver.on_slot_over(time);
    /// Room for handles below `flows`; what that allocates at most; what is allocated now.
    receiver.reserve(flows);
    { receiver.growth_bytes(flows) } -> std::convertible_to<std::size_t>;
    { receiver.bytes() } -> std::convertible_to<std::size_t>;
};

}  // namespace flowsift::flow
