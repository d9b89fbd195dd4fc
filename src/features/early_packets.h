// EarlyPackets: what the first packets of a flow looked like, one by one, for a verdict before it ends.
//
// Of fixed size. The accumulator of the `early` group, on the thread that assembles the flow.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "decode/packet.h"
#include "flow/direction.h"

namespace flowsift::features {

class EarlyPackets {
  public:
    static constexpr std::size_t kMost = 32;

    /// Forgets all: of another flow from now on.
    void clear() { count_ = 0; }

    /// Takes in the flow's next packet. `gap`: microseconds since the one before.
    void add(const decode::Packet& packet, flow::Direction direction, std::uint32_t gap) {
        if (count_ == kMost) return;
        const std::int64_t length = std::int64_t{packet.header_length} + packet.payload_length;
        const auto size = static_cast<std::int32_t>(std::clamp<std::int64_t>(length, 1, INT32_MAX));
        sizes_[count_] = direction == flow::kForward ? size : -size;
        gaps_[count_] = gap;
        flags_[count_] = packet.tcp_flags;
        ++count_;
    }

    /// Of packet `i`, from 0; 0 where there is none.
    std::int32_t size(std::size_t i) const { return i < count_ ? sizes_[i] : 0; }
    std::uint32_t gap(std::size_t i) const { return i < count_ ? gaps_[i] : 0; }
    std::uint8_t flags(std::size_t i) const { return i < count_ ? flags_[i] : std::uint8_t{0}; }

  private:
    std::array<std::int32_t, kMost> sizes_;  ///< Transport header and payload; negative: backward.
    std::array<std::uint32_t, kMost> gaps_;
    std::array<std::uint8_t, kMost> flags_;
    std::uint8_t count_ = 0;
};

}  // namespace flowsift::features
