#include "decode/decoder.h"

#include <array>

#include "decode/ip_fragment.h"
#include "decode/layer.h"
#include "decode/reassembler.h"
#include "decode/udp_tunnel.h"
#include "decode/verification.h"

namespace flowsift::decode {
namespace {

constexpr int kMaxLayers = 24;

struct LayerInfo {
    Layer layer;
    LayerParser parse;
    void (*verify)(Frame&) = nullptr;  ///< Called before `parse` where checksums are wanted.
};

constexpr std::array<LayerInfo, static_cast<std::size_t>(Layer::kEnd)> kLayers = {{
    {Layer::kEthernet, parse_ethernet},
    {Layer::kVlan, parse_vlan},
    {Layer::kLlc, parse_llc},
    {Layer::kMpls, parse_mpls},
    {Layer::kPppoe, parse_pppoe},
    {Layer::kPpp, parse_ppp},
    {Layer::kLinuxCooked, parse_linux_cooked},
    {Layer::kLinuxCooked2, parse_linux_cooked2},
    {Layer::kNull, parse_null},
    {Layer::kLoop, parse_loop},
    {Layer::kRaw, parse_raw},
    {Layer::kIpv4, parse_ipv4, verify_ipv4},
    {Layer::kIpv6, parse_ipv6, verify_ipv6},
    {Layer::kIpv6Options, parse_ipv6_options, verify_ipv6_options},
    {Layer::kIpv6Fragment, parse_ipv6_fragment},
    {Layer::kAuthentication, parse_authentication},
    {Layer::kGre, parse_gre},
    {Layer::kErspan, parse_erspan},
    {Layer::kVxlan, parse_vxlan},
    {Layer::kGeneve, parse_geneve},
    {Layer::kGtpU, parse_gtp_u},
    {Layer::kTeredo, parse_teredo},
    {Layer::kTcp, parse_tcp, verify_tcp},
    {Layer::kUdp, parse_udp, verify_udp},
    {Layer::kIcmp, parse_icmp, verify_icmp},
    {Layer::kIcmpV6, parse_icmpv6, verify_icmpv6},
    {Layer::kSctp, parse_sctp, verify_sctp},
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

/// From outside in, until a parser ends it.
template <bool kVerified>
void walk(Layer layer, Frame& frame) {
    for (int count = 0; layer != Layer::kEnd; ++count) {
        if (count == kMaxLayers) {
            frame.end(Outcome::kTooManyLayers);
            return;
        }
        const LayerInfo& info = kLayers[static_cast<std::size_t>(layer)];
        if (kVerified && info.verify != nullptr) info.verify(frame);
        layer = info.parse(frame);
    }
}

}  // namespace

Decoder::Decoder(const base::HashKey& hash_key, const Options& options)
    : options_(options), fragments_(hash_key), aside_(std::make_unique<Aside>()) {
    if (options.reassemble) reassembler_ = std::make_unique<Reassembler>(hash_key, counters_);
}

Decoder::~Decoder() = default;

void Decoder::begin_batch() {
    if (reassembler_) reassembler_->begin_batch();
}

Outcome Decoder::decode(const capture::RawPacket& raw, Packet& packet) {
    packet = Packet{};
    packet.timestamp = raw.timestamp;
    // Some writers leave the original length 0 or wrong: no frame is shorter than what was captured of it.
    packet.wire_length = std::max(raw.original_length, static_cast<std::uint32_t>(raw.bytes.size()));
    Frame frame{base::ByteReader(raw.bytes), packet.wire_length, packet, counters_, fragments_, *aside_, options_};

    const Layer first = first_layer(raw.link_type, frame);
    options_.verify_checksums ? walk<true>(first, frame) : walk<false>(first, frame);
    if (frame.has_outer) settle_udp_tunnel(frame);
    if (frame.is_fragment) finish_fragment(frame, reassembler_.get());
    if (frame.is_in_tunnel && is_for_flows(frame.outcome)) counters_.add(Mark::kTunnelled);
    ++counters_.frames[static_cast<std::size_t>(frame.outcome)];
    return frame.outcome;
}

}  // namespace flowsift::decode
