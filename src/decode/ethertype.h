// The ethertypes that flowsift knows, in one table: what follows each, or by which name its frames are counted.
#pragma once

#include <cstdint>

#include "decode/layer.h"

namespace flowsift::decode {

/// Type fields below this are lengths of IEEE 802.3 frames (IEEE 802.3 clause 3.2.6).
inline constexpr std::uint16_t kFirstEthertype = 0x0600;
inline constexpr std::uint16_t kLargestFrameLength = 1500;

bool is_known_ethertype(std::uint16_t ethertype);

/// The layer of `ethertype`, or frame.end() with the outcome that counts it.
Layer layer_of_ethertype(std::uint16_t ethertype, Frame& frame);

}  // namespace flowsift::decode
