#include "decode/ip_protocol.h"

#include <array>

namespace flowsift::decode {
namespace {

/// The largest MTU of Ethernet hardware in use ("jumbo frames"): anything longer was put together by an offload.
constexpr std::uint32_t kLargestMtu = 9216;

enum class Kind : std::uint8_t {
    kPlain,
    kIpv6Only,  ///< Extension headers; the same numbers in an IPv4 header are foreign.
    kTunnel,    ///< Carries a packet of its own.
};

struct IpProtocol {
    std::uint8_t number;
    Layer layer;
    Outcome outcome = Outcome::kOtherIpProtocol;  ///< Where the layer is kEnd or not followed.
    Kind kind = Kind::kPlain;
};

/// IANA "Assigned Internet Protocol Numbers".
constexpr IpProtocol kIpProtocols[] = {
    {ip_protocol::kTcp, Layer::kTcp},
    {ip_protocol::kUdp, Layer::kUdp},
    {ip_protocol::kIcmp, Layer::kIcmp},
    {ip_protocol::kIcmpV6, Layer::kIcmpV6},
    {ip_protocol::kSctp, Layer::kSctp},
    {0, Layer::kIpv6Options, Outcome::kOtherIpProtocol, Kind::kIpv6Only},    // Hop-by-hop
    {43, Layer::kIpv6Options, Outcome::kOtherIpProtocol, Kind::kIpv6Only},   // Routing
    {60, Layer::kIpv6Options, Outcome::kOtherIpProtocol, Kind::kIpv6Only},   // Destination options
    {135, Layer::kIpv6Options, Outcome::kOtherIpProtocol, Kind::kIpv6Only},  // Mobility
    {139, Layer::kIpv6Options, Outcome::kOtherIpProtocol, Kind::kIpv6Only},  // Host identity
    {140, Layer::kIpv6Options, Outcome::kOtherIpProtocol, Kind::kIpv6Only},  // Shim6
    {44, Layer::kIpv6Fragment, Outcome::kOtherIpProtocol, Kind::kIpv6Only},
    {51, Layer::kAuthentication},
    {2, Layer::kEnd, Outcome::kIgmp},
    {4, Layer::kIpv4, Outcome::kIpInIp, Kind::kTunnel},
    {41, Layer::kIpv6, Outcome::kIpv6InIp, Kind::kTunnel},
    {47, Layer::kGre, Outcome::kGre, Kind::kTunnel},
    {137, Layer::kMpls, Outcome::kMpls, Kind::kTunnel},
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

Layer layer_of_special(const IpProtocol& row, Frame& frame) {
    if (row.kind == Kind::kIpv6Only)
        return frame.packet.source.is_v4() ? frame.end(Outcome::kOtherIpProtocol) : row.layer;
    if (frame.options.flow_layer == FlowLayer::kOutermost) return frame.end(row.outcome);
    frame.enter_tunnel();
    return row.layer;
}

}  // namespace

Layer layer_of_ip_protocol(Frame& frame) {
    const IpProtocol& row = kByNumber[frame.next_protocol];
    frame.packet.protocol = frame.next_protocol;
    if (row.layer == Layer::kEnd) return frame.end(row.outcome);
    return row.kind == Kind::kPlain ? row.layer : layer_of_special(row, frame);
}

void note_ip_length(std::uint32_t length, Frame& frame) {
    frame.counters.add(Mark::kSuperFrame, length > kLargestMtu);
}

}  // namespace flowsift::decode
