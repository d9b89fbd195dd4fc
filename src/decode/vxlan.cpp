// VXLAN (RFC 7348): an Ethernet frame of a virtual network, by UDP.
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kHeaderBytes = 8;
constexpr std::uint8_t kHasNetwork = 0x08;  // "MUST be set to 1 for a valid VXLAN Network ID".

}  // namespace

Layer parse_vxlan(Frame& frame) {
    if (!frame.has_of_tunnel(kHeaderBytes)) return Layer::kEnd;
    const std::uint8_t flags = frame.reader.u8();
    frame.reader.skip(3);  // Reserved.
    const std::uint32_t network = frame.reader.be32() >> 8;
    frame.used(kHeaderBytes);
    if ((flags & kHasNetwork) == 0) return frame.end(Outcome::kMalformedTunnel);
    frame.packet.tunnel_id = network;
    return Layer::kEthernet;
}

}  // namespace flowsift::decode
