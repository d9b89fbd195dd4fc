// IP fragments, of IPv4 and IPv6 alike: the first one is decoded as any packet, later ones are never read as a
// transport header.
#pragma once

#include <cstdint>

#include "decode/layer.h"
#include "decode/reassembler.h"

namespace flowsift::decode {

/// The layer that follows the IP headers, of a fragment or a whole packet. Later fragments of protocols that become
/// flows end here, with the ports of their first fragment. `more`: fragments follow. `offset`: in bytes, of this one.
Layer layer_of_fragment(std::uint32_t identification, std::uint32_t offset, bool more, Frame& frame);

/// At the end of the walk of a fragment: remembers a first one for those that follow, and gives the reassembler (which
/// may be null) its bytes. The packet's payload becomes that of the whole datagram, or nothing.
void finish_fragment(Frame& frame, Reassembler* reassembler);

}  // namespace flowsift::decode
