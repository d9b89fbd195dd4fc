// GTP-U version 1 (3GPP TS 29.281): IP packets of mobile phones, by UDP.
//
// The tunnel endpoint id does not become the packet's tunnel id: each direction has its own (docs/decisions/0006).
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kHeaderBytes = 8;
constexpr std::uint32_t kOptionalBytes = 4;  // Sequence number, N-PDU number, type of the first extension header.
constexpr std::uint8_t kVersionAndType = 0xf0, kVersion1Gtp = 0x30;
constexpr std::uint8_t kHasExtension = 0x04;
constexpr std::uint8_t kHasOptional = 0x07;  // Any of extension header, sequence number, N-PDU number.
constexpr std::uint8_t kUserData = 0xff;     // G-PDU; all other messages are for the tunnel's ends.
constexpr int kMostExtensions = 8;

/// Each begins with its length in units of four bytes and ends with the type of the next one (section 5.2.1).
bool skip_extensions(std::uint8_t type, Frame& frame) {
    for (int count = 0; type != 0; ++count) {
        base::ByteReader ahead = frame.reader;
        const std::uint32_t bytes = ahead.u8() * 4U;
        if (count == kMostExtensions || bytes == 0 || !frame.has_of_tunnel(bytes)) return false;
        frame.skip(bytes - 1);
        type = frame.reader.u8();
        frame.used(1);
    }
    return true;
}

}  // namespace

Layer parse_gtp_u(Frame& frame) {
    if (!frame.has_of_tunnel(kHeaderBytes)) return Layer::kEnd;
    const std::uint8_t flags = frame.reader.u8();
    const std::uint8_t message = frame.reader.u8();
    const std::uint32_t length = frame.reader.be16();
    frame.reader.skip(4);  // Tunnel endpoint.
    frame.used(kHeaderBytes);
    if ((flags & kVersionAndType) != kVersion1Gtp || message != kUserData) return frame.end(Outcome::kMalformedTunnel);
    frame.limit(std::min(length, frame.length_left));
    if ((flags & kHasOptional) != 0) {
        if (!frame.has_of_tunnel(kOptionalBytes)) return Layer::kEnd;
        frame.skip(kOptionalBytes - 1);
        const std::uint8_t extension = frame.reader.u8();
        frame.used(1);
        if ((flags & kHasExtension) != 0 && !skip_extensions(extension, frame))
            return frame.end(Outcome::kMalformedTunnel);
    }
    return Layer::kRaw;
}

}  // namespace flowsift::decode
