#include "decode/decoder.h"

#include <array>

#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr int kMaxLayers = 16;

struct LayerInfo {
    Layer layer;
    LayerParser parse;
};

constexpr std::array<LayerInfo, static_cast<std::size_t>(Layer::kEnd)> kLayers = {{
    {Layer::kEthernet, parse_ethernet},
    {Layer::kVlan, parse_vlan},
    {Layer::kLlc, parse_llc},
    {Layer::kLinuxCooked, parse_linux_cooked},
    {Layer::kLinuxCooked2, parse_linux_cooked2},
    {Layer::kNull, parse_null},
    {Layer::kLoop, parse_loop},
    {Layer::kRaw, parse_raw},
    {Layer::kIpv4, parse_ipv4},
    {Layer::kIpv6, parse_ipv6},
    {Layer::kIpv6Options, parse_ipv6_options},
    {Layer::kIpv6Fragment, parse_ipv6_fragment},
    {Layer::kAuthentication, parse_authentication},
    {Layer::kTcp, parse_tcp},
    {Layer::kUdp, parse_udp},
    {Layer::kIcmp, parse_icmp},
    {Layer::kIcmpV6, parse_icmpv6},
    {Layer::kSctp, parse_sctp},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kLayers.size(); ++i)
        if (kLayers[i].layer != static_cast<Layer>(i) || kLayers[i].parse == nullptr) return false;
    return true;
}
static_assert(is_in_order(), "one row per Layer, in the order of the enum");

Layer first_layer(capture::LinkType link_type, Frame& frame) {
    using capture::LinkType;
    switch (link_type) {
        case LinkType::kEthernet:
            return Layer::kEthernet;
        case LinkType::kNull:
            return Layer::kNull;
        case LinkType::kLoop:
            return Layer::kLoop;
        case LinkType::kRaw:
            return Layer::kRaw;
        case LinkType::kIpv4:
            return Layer::kIpv4;
        case LinkType::kIpv6:
            return Layer::kIpv6;
        case LinkType::kLinuxCooked:
            return Layer::kLinuxCooked;
        case LinkType::kLinuxCooked2:
            return Layer::kLinuxCooked2;
    }
    return frame.end(Outcome::kUnsupportedLinkType);
}

}  // namespace

Decoder::Decoder(const base::HashKey& hash_key) : fragments_(hash_key) {}

Outcome Decoder::decode(const capture::RawPacket& raw, Packet& packet) {
    packet = Packet{};
    packet.timestamp = raw.timestamp;
    // Some writers leave the original length 0 or wrong: no frame is shorter than what was captured of it.
    packet.wire_length = std::max(raw.original_length, static_cast<std::uint32_t>(raw.bytes.size()));
    Frame frame{base::ByteReader(raw.bytes), packet.wire_length, packet, counters_, fragments_};

    Layer layer = first_layer(raw.link_type, frame);
    for (int count = 0; layer != Layer::kEnd; ++count) {
        layer = count < kMaxLayers ? kLayers[static_cast<std::size_t>(layer)].parse(frame)
                                   : frame.end(Outcome::kTooManyLayers);
    }
    if (frame.is_first_fragment && frame.outcome == Outcome::kFlowPacket)
        fragments_.remember(frame.fragment_key, packet);
    ++counters_.frames[static_cast<std::size_t>(frame.outcome)];
    return frame.outcome;
}

}  // namespace flowsift::decode
