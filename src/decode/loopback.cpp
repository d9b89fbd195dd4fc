// Links without Ethernet: BSD loopback (an address family of four bytes) and raw IP.
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kFamilyBytes = 4;

Layer layer_of_family(std::uint32_t family, Frame& frame) {
    switch (family) {
        case 2:
            return Layer::kIpv4;
        case 10:  // Linux
        case 24:  // NetBSD, OpenBSD
        case 28:  // FreeBSD
        case 30:  // macOS
            return Layer::kIpv6;
        default:
            return frame.end(Outcome::kUnknownAddressFamily);
    }
}

}  // namespace

/// The family is in the byte order of the host that captured, which the file does not tell: a family is a small number.
Layer parse_null(Frame& frame) {
    if (!frame.has_of_link(kFamilyBytes)) return Layer::kEnd;
    const std::uint32_t little = frame.reader.le32();
    frame.used(kFamilyBytes);
    return layer_of_family(little > 0xffff ? __builtin_bswap32(little) : little, frame);
}

Layer parse_loop(Frame& frame) {
    if (!frame.has_of_link(kFamilyBytes)) return Layer::kEnd;
    const std::uint32_t family = frame.reader.be32();
    frame.used(kFamilyBytes);
    return layer_of_family(family, frame);
}

Layer parse_raw(Frame& frame) {
    if (!frame.has_of_link(1)) return Layer::kEnd;
    base::ByteReader ahead = frame.reader;
    switch (ahead.u8() >> 4) {
        case 4:
            return Layer::kIpv4;
        case 6:
            return Layer::kIpv6;
        default:
            return frame.end(Outcome::kUnknownAddressFamily);
    }
}

}  // namespace flowsift::decode
