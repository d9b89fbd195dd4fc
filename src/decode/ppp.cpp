// PPP (RFC 1661), and PPP over Ethernet (RFC 2516).
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kPppoeBytes = 6;
constexpr std::uint8_t kVersionAndType = 0x11;
constexpr std::uint8_t kSessionData = 0x00;

constexpr std::uint16_t kAddressAndControl = 0xff03;  // RFC 1662 section 3.1; left out where negotiated so.
constexpr std::uint16_t kFirstControlProtocol = 0x8000;

Layer layer_of_ppp_protocol(std::uint16_t protocol, Frame& frame) {
    switch (protocol) {
        case 0x0021:
            return Layer::kIpv4;
        case 0x0057:
            return Layer::kIpv6;
        case 0x0281:
        case 0x0283:
            return Layer::kMpls;
        default:
            return frame.end(protocol >= kFirstControlProtocol ? Outcome::kPppControl : Outcome::kOtherPpp);
    }
}

}  // namespace

Layer parse_pppoe(Frame& frame) {
    if (!frame.has_of_link(kPppoeBytes)) return Layer::kEnd;
    const std::uint8_t version_and_type = frame.reader.u8();
    const std::uint8_t code = frame.reader.u8();
    frame.reader.skip(2);  // Session.
    const std::uint32_t length = frame.reader.be16();
    frame.used(kPppoeBytes);
    if (version_and_type != kVersionAndType || code != kSessionData) return frame.end(Outcome::kMalformedLink);
    frame.limit(std::min(length, frame.length_left));
    return Layer::kPpp;
}

/// The protocol may be compressed to one byte, which is then odd; the first of two is even (RFC 1661 sections 2, 6.5).
Layer parse_ppp(Frame& frame) {
    base::ByteReader ahead = frame.reader;
    if (ahead.be16() == kAddressAndControl && ahead.ok()) frame.skip(2);
    if (!frame.has_of_link(1)) return Layer::kEnd;
    const std::uint8_t first = frame.reader.u8();
    frame.used(1);
    if ((first & 1U) != 0) return layer_of_ppp_protocol(first, frame);
    if (!frame.has_of_link(1)) return Layer::kEnd;
    const std::uint8_t second = frame.reader.u8();
    frame.used(1);
    return layer_of_ppp_protocol(static_cast<std::uint16_t>(first << 8 | second), frame);
}

}  // namespace flowsift::decode
