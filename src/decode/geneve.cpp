// Geneve (RFC 8926): a frame or packet of a virtual network, by UDP.
#include "decode/ethertype.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kHeaderBytes = 8;
constexpr std::uint8_t kOptionUnits = 0x3f;  // Of four bytes.
constexpr std::uint8_t kControl = 0x80;      // For the tunnel's ends only.

}  // namespace

Layer parse_geneve(Frame& frame) {
    if (!frame.has_of_tunnel(kHeaderBytes)) return Layer::kEnd;
    const std::uint8_t version_and_length = frame.reader.u8();
    const std::uint8_t flags = frame.reader.u8();
    const std::uint16_t type = frame.reader.be16();
    const std::uint32_t network = frame.reader.be32() >> 8;
    frame.used(kHeaderBytes);
    if (version_and_length >> 6 != 0 || (flags & kControl) != 0) return frame.end(Outcome::kMalformedTunnel);
    const std::uint32_t option_bytes = (version_and_length & kOptionUnits) * 4U;
    if (!frame.has_of_tunnel(option_bytes)) return Layer::kEnd;
    frame.skip(option_bytes);
    frame.packet.tunnel_id = network;
    return layer_of_ethertype(type, frame);
}

}  // namespace flowsift::decode
