// GRE: version 0 (RFC 2784, key and sequence number of RFC 2890), and version 1, which carries PPP in PPTP (RFC 2637).
#include "decode/ethertype.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kFlagsAndTypeBytes = 4;
constexpr std::uint16_t kHasChecksum = 0x8000;
constexpr std::uint16_t kHasRouting = 0x4000;  // RFC 1701
constexpr std::uint16_t kHasKey = 0x2000;
constexpr std::uint16_t kHasSequence = 0x1000;
constexpr std::uint16_t kHasAcknowledgement = 0x0080;  // Version 1 only.
constexpr std::uint16_t kVersionMask = 0x0007;

constexpr std::uint16_t kPpp = 0x880b;
constexpr std::uint16_t kErspan = 0x88be;  // Types I and II.
constexpr std::uint16_t kErspan3 = 0x22eb;
constexpr std::uint16_t kKeepalive = 0x0000;  // Cisco's: a bare GRE header comes back.

Layer layer_of_gre_protocol(std::uint16_t protocol, std::uint16_t flags, Frame& frame) {
    switch (protocol) {
        case kPpp:
            return Layer::kPpp;
        case kErspan:  // Type I has no header of its own, and no sequence number either.
            return (flags & kHasSequence) != 0 ? Layer::kErspan : Layer::kEthernet;
        case kErspan3:
            return Layer::kErspan;
        case kKeepalive:
            return frame.end(Outcome::kGre);
        default:
            return layer_of_ethertype(protocol, frame);
    }
}

Layer parse_version_0(std::uint16_t flags, std::uint16_t protocol, Frame& frame) {
    if ((flags & kHasRouting) != 0) return frame.end(Outcome::kGre);
    if ((flags & kHasChecksum) != 0) {
        if (!frame.has_of_tunnel(4)) return Layer::kEnd;
        frame.skip(4);
    }
    if ((flags & kHasKey) != 0) {
        if (!frame.has_of_tunnel(4)) return Layer::kEnd;
        frame.packet.tunnel_id = frame.reader.be32();
        frame.used(4);
    }
    if ((flags & kHasSequence) != 0) {
        if (!frame.has_of_tunnel(4)) return Layer::kEnd;
        frame.skip(4);
    }
    return layer_of_gre_protocol(protocol, flags, frame);
}

/// The key field holds the length of what follows the header, and the call, which each direction numbers for itself
/// and which is no tunnel id for that reason. A packet without sequence number only acknowledges.
Layer parse_version_1(std::uint16_t flags, std::uint16_t protocol, Frame& frame) {
    if ((flags & kHasKey) == 0 || protocol != kPpp) return frame.end(Outcome::kMalformedTunnel);
    const bool has_sequence = (flags & kHasSequence) != 0;
    const bool has_acknowledgement = (flags & kHasAcknowledgement) != 0;
    const std::uint32_t rest_of_header = 4U + (has_sequence ? 4U : 0U) + (has_acknowledgement ? 4U : 0U);
    if (!frame.has_of_tunnel(rest_of_header)) return Layer::kEnd;
    base::ByteReader ahead = frame.reader;
    const std::uint32_t length = ahead.be16();
    frame.skip(rest_of_header);
    if (!has_sequence || length == 0) return frame.end(Outcome::kGre);
    frame.limit(std::min(length, frame.length_left));
    return Layer::kPpp;
}

}  // namespace

Layer parse_gre(Frame& frame) {
    if (!frame.has_of_tunnel(kFlagsAndTypeBytes)) return Layer::kEnd;
    const std::uint16_t flags = frame.reader.be16();
    const std::uint16_t protocol = frame.reader.be16();
    frame.used(kFlagsAndTypeBytes);
    switch (flags & kVersionMask) {
        case 0:
            return parse_version_0(flags, protocol, frame);
        case 1:
            return parse_version_1(flags, protocol, frame);
        default:
            return frame.end(Outcome::kMalformedTunnel);
    }
}

}  // namespace flowsift::decode
