#include "decode/ip_protocol.h"

#include <array>

namespace flowsift::decode {
namespace {

/// The largest MTU of Ethernet hardware in use ("jumbo frames"): anything longer was put together by an offload.
constexpr std::uint32_t kLargestMtu = 9216;

struct IpProtocol {
    std::uint8_t number;
    Layer layer;
    Outcome outcome = Outcome::kOtherIpProtocol;  ///< Where the layer is kEnd.
};

/// IANA "Assigned Internet Protocol Numbers".
constexpr IpProtocol kIpProtocols[] = {
    {ip_protocol::kTcp, Layer::kTcp},
    {ip_protocol::kUdp, Layer::kUdp},
    {ip_protocol::kIcmp, Layer::kIcmp},
    {ip_protocol::kIcmpV6, Layer::kIcmpV6},
    {ip_protocol::kSctp, Layer::kSctp},
    {0, Layer::kIpv6Options},    // Hop-by-hop
    {43, Layer::kIpv6Options},   // Routing
    {60, Layer::kIpv6Options},   // Destination options
    {135, Layer::kIpv6Options},  // Mobility
    {139, Layer::kIpv6Options},  // Host identity
    {140, Layer::kIpv6Options},  // Shim6
    {44, Layer::kIpv6Fragment},
    {51, Layer::kAuthentication},
    {2, Layer::kEnd, Outcome::kIgmp},
    {4, Layer::kEnd, Outcome::kIpInIp},
    {41, Layer::kEnd, Outcome::kIpv6InIp},
    {47, Layer::kEnd, Outcome::kGre},
    {50, Layer::kEnd, Outcome::kEsp},
    {88, Layer::kEnd, Outcome::kEigrp},
    {89, Layer::kEnd, Outcome::kOspf},
    {103, Layer::kEnd, Outcome::kPim},
    {112, Layer::kEnd, Outcome::kVrrp},
    {115, Layer::kEnd, Outcome::kL2tp},
    {46, Layer::kEnd, Outcome::kRsvp},
    {33, Layer::kEnd, Outcome::kDccp},
    {136, Layer::kEnd, Outcome::kUdpLite},
    {59, Layer::kEnd, Outcome::kNoNextHeader},
};

constexpr std::array<IpProtocol, 256> by_number() {
    std::array<IpProtocol, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = {static_cast<std::uint8_t>(i), Layer::kEnd};
    for (const IpProtocol& row : kIpProtocols) table[row.number] = row;
    return table;
}
constexpr std::array<IpProtocol, 256> kByNumber = by_number();

/// Extension headers belong to IPv6; the same numbers in an IPv4 header are foreign.
bool is_ipv6_only(Layer layer) {
    return layer == Layer::kIpv6Options || layer == Layer::kIpv6Fragment;
}

}  // namespace

Layer layer_of_ip_protocol(Frame& frame) {
    const IpProtocol& row = kByNumber[frame.next_protocol];
    frame.packet.protocol = frame.next_protocol;
    if (row.layer == Layer::kEnd) return frame.end(row.outcome);
    if (is_ipv6_only(row.layer) && frame.packet.source.is_v4()) return frame.end(Outcome::kOtherIpProtocol);
    return row.layer;
}

Layer layer_of_fragment(std::uint32_t identification, std::uint32_t offset, bool more, Frame& frame) {
    const Layer layer = layer_of_ip_protocol(frame);
    if (layer == Layer::kEnd || (offset == 0 && !more)) return layer;
    frame.fragment_key = {frame.packet.source, frame.packet.destination, identification,
                          frame.packet.vlan,   frame.packet.tunnel_id,   frame.next_protocol};
    frame.is_first_fragment = offset == 0;
    if (frame.is_first_fragment) return layer;
    if (!frame.fragments.find(frame.fragment_key, frame.packet)) return frame.end(Outcome::kFragmentWithoutFirst);
    frame.packet.is_later_fragment = true;
    frame.packet.payload_length = frame.length_left;
    frame.packet.payload = frame.reader.rest();
    return frame.end(Outcome::kLaterFragment);
}

void note_ip_length(std::uint32_t length, Frame& frame) {
    frame.counters.super_frames += length > kLargestMtu;
}

}  // namespace flowsift::decode
