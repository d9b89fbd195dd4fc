// Direction of a packet within its flow: forward is what the initiator sends. Also the index of per-direction arrays.
#pragma once

#include <cstdint>

namespace flowsift::flow {

enum Direction : std::uint8_t { kForward = 0, kBackward = 1 };

constexpr Direction opposite(Direction direction) {
    return direction == kForward ? kBackward : kForward;
}

}  // namespace flowsift::flow
