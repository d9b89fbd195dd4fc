// Teredo (RFC 4380 section 5.1.1): IPv6 by UDP through address translators, perhaps after an authentication and an
// origin header.
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint16_t kAuthentication = 0x0001, kOrigin = 0x0000;
constexpr std::uint32_t kAuthenticationBytes = 13;  // Less the client id and the authentication value.
constexpr std::uint32_t kOriginBytes = 8;

std::uint16_t next_indicator(const Frame& frame) {
    base::ByteReader ahead = frame.reader;
    return ahead.be16();
}

}  // namespace

Layer parse_teredo(Frame& frame) {
    if (!frame.has_of_tunnel(kAuthenticationBytes)) return Layer::kEnd;
    if (next_indicator(frame) == kAuthentication) {
        base::ByteReader ahead = frame.reader;
        ahead.skip(2);
        const std::uint32_t id_length = ahead.u8();
        const std::uint32_t bytes = kAuthenticationBytes + id_length + ahead.u8();
        if (!frame.has_of_tunnel(bytes)) return Layer::kEnd;
        frame.skip(bytes);
    }
    if (!frame.has_of_tunnel(kOriginBytes)) return Layer::kEnd;
    if (next_indicator(frame) == kOrigin) frame.skip(kOriginBytes);
    return Layer::kIpv6;  // Which looks at the version itself.
}

}  // namespace flowsift::decode
