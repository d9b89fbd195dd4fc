// The IP protocols that flowsift knows, in one table: what follows each, or by which name its packets are counted; and
// what IPv4 and IPv6 do alike once their own header is read.
#pragma once

#include <cstdint>

#include "decode/layer.h"

namespace flowsift::decode {

/// The layer of the IP protocol frame.next_protocol, or frame.end() with the outcome that counts it. A tunnel is
/// entered here, unless it is not to be followed.
Layer layer_of_ip_protocol(Frame& frame);

/// Marks IP packets that no MTU allows.
void note_ip_length(std::uint32_t length, Frame& frame);

}  // namespace flowsift::decode
