// MPLS (RFC 3032): a stack of labels, and what lies below it, which no field names.
#include "decode/ethertype.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kEntryBytes = 4;
constexpr std::uint32_t kBottomOfStack = 0x100;
constexpr int kMostLabels = 16;
constexpr std::uint32_t kControlWordBytes = 4;  // RFC 4385
constexpr std::size_t kTypeOffset = 12;         // Of an Ethernet header.

/// Pseudowires are followed where a known ethertype stands in its place: addresses alone show nothing.
bool is_ethernet_at(std::size_t offset, const Frame& frame) {
    base::ByteReader ahead = frame.reader;
    ahead.skip(offset + kTypeOffset);
    const std::uint16_t type = ahead.be16();
    return ahead.ok() && is_known_ethertype(type);
}

/// By the first four bits: routers tell IP in the same way (RFC 4928 section 2). Pseudowires with a control word have 0
/// there (RFC 4385 section 3), which an Ethernet address may begin with as well; 1 is a control channel.
Layer layer_below_labels(Frame& frame) {
    base::ByteReader ahead = frame.reader;
    const int nibble = ahead.u8() >> 4;
    if (!ahead.ok()) return frame.end(frame.length_left == 0 ? Outcome::kMalformedLink : Outcome::kTruncatedLink);
    if (nibble == 4) return Layer::kIpv4;
    if (nibble == 6) return Layer::kIpv6;
    if (nibble == 0 && is_ethernet_at(kControlWordBytes, frame)) {
        frame.skip(kControlWordBytes);
        return Layer::kEthernet;
    }
    if (nibble != 1 && is_ethernet_at(0, frame)) return Layer::kEthernet;
    return frame.end(Outcome::kMpls);
}

}  // namespace

Layer parse_mpls(Frame& frame) {
    for (int labels = 0; labels < kMostLabels; ++labels) {
        if (!frame.has_of_link(kEntryBytes)) return Layer::kEnd;
        const std::uint32_t entry = frame.reader.be32();
        frame.used(kEntryBytes);
        if ((entry & kBottomOfStack) != 0) return layer_below_labels(frame);
    }
    return frame.end(Outcome::kTooManyLayers);
}

}  // namespace flowsift::decode
