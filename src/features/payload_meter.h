// PayloadMeter: how often each byte value comes among the first 1,024 bytes of payload of each direction of a flow. For
// the `payload` group; keeps counts, no bytes.
//
// Payload as it was captured, in the order in which it came: retransmissions count again, and what the snap length cut
// off does not count. Of TCP, UDP and SCTP. Lives in a side array beside the flow; owned by one thread.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "decode/packet.h"
#include "flow/direction.h"

namespace flowsift::features {

class PayloadMeter {
  public:
    static constexpr std::size_t kMostBytes = 1024;

    void add(const decode::Packet& packet, flow::Direction direction) {
        Side& side = sides_[direction];
        if (packet.payload.empty() || side.bytes == kMostBytes || !is_transport(packet.protocol)) return;
        const std::size_t count = std::min(packet.payload.size(), kMostBytes - side.bytes);
        for (const std::uint8_t byte : packet.payload.first(count)) ++side.counts[byte];
        side.bytes = static_cast<std::uint16_t>(side.bytes + count);
    }

    /// Shannon's, bits per byte: 0 of no bytes or of one value only, 8 where all values are as frequent.
    double entropy(flow::Direction direction) const {
        const Side& side = sides_[direction];
        if (side.bytes == 0) return 0;
        // The sum of -p log p with p = count / bytes, the division drawn out of it.
        double sum = 0;
        for (const std::uint16_t count : side.counts)
            if (count > 0) sum += count * std::log2(count);
        return std::max(std::log2(side.bytes) - sum / side.bytes, 0.0);
    }

  private:
    struct Side {
        std::array<std::uint16_t, 256> counts{};
        std::uint16_t bytes = 0;  ///< Their sum.
    };

    static bool is_transport(std::uint8_t protocol) {
        using namespace decode::ip_protocol;
        return protocol == kTcp || protocol == kUdp || protocol == kSctp;
    }

    std::array<Side, 2> sides_;
};

}  // namespace flowsift::features
