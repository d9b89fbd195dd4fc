// The IP protocols that flowsift knows, in one table: what follows each, or by which name its packets are counted; and
// what IPv4 and IPv6 do alike once their own header is read.
#pragma once

#include <cstdint>

#include "decode/layer.h"

namespace flowsift::decode {

/// The layer of the IP protocol frame.next_protocol, or frame.end() with the outcome that counts it.
Layer layer_of_ip_protocol(Frame& frame);

/// Later fragments of protocols that become flows end here, with the ports of their first fragment; a first fragment
/// goes on as any packet and is remembered at its end. `more`: fragments follow. `offset`: in bytes, of this one.
Layer layer_of_fragment(std::uint32_t identification, std::uint32_t offset, bool more, Frame& frame);

/// Marks IP packets that no MTU allows.
void note_ip_length(std::uint32_t length, Frame& frame);

}  // namespace flowsift::decode
