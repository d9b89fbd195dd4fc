// HeldPacket: the one packet that jumped ahead by over an hour, kept until the next one shows whether time did.
//
// A copy, payload included: the capture buffer moves on meanwhile. Owned by the time keeper, on its thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "decode/packet.h"

namespace flowsift::flow {

struct HeldPacket {
    decode::Packet packet;
    std::uint32_t hash = 0;      ///< Of its flow's key.
    base::Nanoseconds time = 0;  ///< Its timestamp, bounded.
    std::vector<std::uint8_t> payload;
    bool is_full = false;

    void fill(const decode::Packet& original, std::uint32_t hash_of_key, base::Nanoseconds bounded_time) {
        payload.assign(original.payload.begin(), original.payload.end());
        packet = original;
        hash = hash_of_key;
        time = bounded_time;
        packet.payload = payload;
        is_full = true;
    }
};

}  // namespace flowsift::flow
