// FlowIdentity: who talked with whom, when, and why the flow ended: all that is known of a flow besides its features.
// AssemblyProfile: the timeouts that cut packets into flows; stored with every row set and model.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.h"
#include "base/time.h"

namespace flowsift::flow {

enum class EndReason : std::uint8_t { kIdle, kActive, kFin, kRst, kReused, kEvicted, kShutdown };
inline constexpr int kEndReasonCount = 7;

/// "idle", "active", "fin", "rst", "reused", "evicted", "shutdown": as exported.
std::string_view to_string(EndReason reason);

struct AssemblyProfile {
    std::string_view name;                 ///< Unique; as in files and options.
    base::Nanoseconds idle_timeout = 0;    ///< Ends a flow when no packet came for longer than this.
    base::Nanoseconds active_timeout = 0;  ///< Ends a flow that started longer ago than this.
    base::Nanoseconds linger = 0;          ///< How long a closed TCP flow still takes late packets.
    std::string_view description;
};

/// "default" (idle 120 s, active 3,600 s) and "cicflowmeter" (cut 120 s after the start).
inline constexpr AssemblyProfile kProfiles[] = {
    {"default", 120 * base::kSecond, 3'600 * base::kSecond, base::kSecond, "idle 120 s, active 3,600 s, linger 1 s"},
    {"cicflowmeter", 120 * base::kSecond, 120 * base::kSecond, base::kSecond,
     "cut 120 s after the start, as the public CIC files are"},
};

/// nullptr for a name that is not in kProfiles.
const AssemblyProfile* find_profile(std::string_view name);

struct FlowIdentity {
    base::IpAddress source;       ///< The initiator.
    base::IpAddress destination;  ///< The responder.
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint8_t protocol = 0;
    std::uint32_t vlan = 0;  ///< As in decode::Packet.
    std::uint32_t tunnel_id = 0;
    std::int16_t icmp_type = -1;  ///< Of the first packet; -1 where the flow is not ICMP.
    std::int16_t icmp_code = -1;
    base::Nanoseconds first = 0;  ///< First packet.
    base::Nanoseconds last = 0;   ///< Last packet so far.
    std::uint64_t forward_packets = 0;
    std::uint64_t backward_packets = 0;
    std::uint64_t forward_wire_bytes = 0;  ///< Whole frames, as EVE's bytes_toserver has it.
    std::uint64_t backward_wire_bytes = 0;
    EndReason end_reason = EndReason::kShutdown;
};

}  // namespace flowsift::flow
