// The plain extractor: slow, obvious, written from docs/features.md alone. The oracle of the fast one.
//
// Keeps every packet of every flow in a vector and forms each number from that vector when the flow ends: of its
// checkpoints, too, from the packets that had come by then. Flows are looked up in a std::map; a timeout is noticed
// when the key is seen again or the capture ends.
#pragma once

#include <cstdint>
#include <vector>

#include "collected_flows.h"
#include "decode/packet.h"

namespace flowsift::features::reference {

struct Extraction {
    std::vector<CollectedFlow> flows;  ///< Those that have ended.
    std::vector<CollectedFlow> rows;   ///< With those of checkpoints, in their order.
    std::uint64_t late_packets = 0;
    std::uint64_t clamped_timestamps = 0;
    std::uint64_t held_back_jumps = 0;
};

/// `with_hosts`: the `host` group is formed, too, at a cost that grows with the square of the flows; else it is 0.
Extraction extract(const std::vector<decode::Packet>& packets, const AssemblyProfile& profile,
                   const std::vector<Checkpoint>& checkpoints = {}, bool with_hosts = true);

}  // namespace flowsift::features::reference
