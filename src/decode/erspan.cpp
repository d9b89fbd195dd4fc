// ERSPAN types II and III (draft-foschiano-erspan-03): mirrored frames over GRE. Type I has no header of its own.
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kType2Bytes = 8;
constexpr std::uint32_t kType3Bytes = 12;
constexpr std::uint32_t kSubheaderBytes = 8;
constexpr int kType2 = 1;  // As the version field has it.
constexpr int kType3 = 2;
constexpr std::uint32_t kHasSubheader = 0x0001;  // Of the last word of type III.
constexpr std::uint32_t kFrameTypeShift = 10, kFrameTypeMask = 0x1f;
constexpr std::uint32_t kEthernetFrame = 0, kIpPacket = 2;

Layer parse_type_3(Frame& frame) {
    if (!frame.has_of_tunnel(kType3Bytes)) return Layer::kEnd;
    frame.skip(kType3Bytes - 4);
    const std::uint32_t last_word = frame.reader.be32();
    frame.used(4);
    if ((last_word & kHasSubheader) != 0) {
        if (!frame.has_of_tunnel(kSubheaderBytes)) return Layer::kEnd;
        frame.skip(kSubheaderBytes);
    }
    const std::uint32_t frame_type = last_word >> kFrameTypeShift & kFrameTypeMask;
    if (frame_type == kEthernetFrame) return Layer::kEthernet;
    return frame_type == kIpPacket ? Layer::kRaw : frame.end(Outcome::kGre);
}

}  // namespace

Layer parse_erspan(Frame& frame) {
    if (!frame.has_of_tunnel(kType2Bytes)) return Layer::kEnd;
    base::ByteReader ahead = frame.reader;
    const int version = ahead.u8() >> 4;
    if (version == kType3) return parse_type_3(frame);
    if (version != kType2) return frame.end(Outcome::kMalformedTunnel);
    frame.skip(kType2Bytes);
    return Layer::kEthernet;
}

}  // namespace flowsift::decode
