// FlowRecord: what the assembler itself keeps of a live flow. The state that computes features derives from it and adds
// its accumulators, so that each number is kept once. Lives in the assembler's slab.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "flow/direction.h"
#include "flow/flow_identity.h"
#include "flow/flow_key.h"
#include "flow/tcp_state.h"

namespace flowsift::flow {

/// The first cache line finds the flow and tells its timeouts, the second follows the connection.
struct FlowRecord {
    FlowKey key;
    base::Nanoseconds first = 0;                ///< First packet.
    base::Nanoseconds last = 0;                 ///< Last packet so far.
    std::array<std::uint32_t, 2> packets{};     ///< By Direction.
    std::array<std::uint64_t, 2> wire_bytes{};  ///< By Direction: whole frames.
    TcpState tcp;
    std::uint32_t hash = 0;                  ///< Of key.
    bool initiator_is_low = true;            ///< The key's low end is the initiator.
    bool is_half_open = true;                ///< Evicted first where memory is short; see flow/assembler.h.
    std::optional<EndReason> closing;        ///< Set by the first closing event, while the flow lingers.
    base::Nanoseconds connection_start = 0;  ///< `first`, or that of the earliest of the cut pieces before this one.
    std::int16_t icmp_type = -1;             ///< Of the first packet; -1 where the flow is not ICMP.
    std::int16_t icmp_code = -1;

    Direction direction_of(bool from_low) const { return from_low == initiator_is_low ? kForward : kBackward; }
    std::uint64_t total_packets() const { return std::uint64_t{packets[kForward]} + packets[kBackward]; }

    FlowIdentity identity(EndReason reason) const {
        return {.source = initiator_is_low ? key.low_address : key.high_address,
                .destination = initiator_is_low ? key.high_address : key.low_address,
                .source_port = initiator_is_low ? key.low_port : key.high_port,
                .destination_port = initiator_is_low ? key.high_port : key.low_port,
                .protocol = key.protocol,
                .vlan = key.vlan,
                .tunnel_id = key.tunnel_id,
                .icmp_type = icmp_type,
                .icmp_code = icmp_code,
                .first = first,
                .last = last,
                .forward_packets = packets[kForward],
                .backward_packets = packets[kBackward],
                .forward_wire_bytes = wire_bytes[kForward],
                .backward_wire_bytes = wire_bytes[kBackward],
                .end_reason = reason};
    }
};

}  // namespace flowsift::flow
