#include "decode/udp_tunnel.h"

namespace flowsift::decode {
namespace {

struct UdpTunnel {
    std::uint16_t port;
    Layer layer;
    bool answers_from_port = false;  ///< Packets from the port are tunnelled as well as those to it.
};

/// IANA "Service Name and Transport Protocol Port Numbers". The source port of VXLAN, Geneve and GRE is a hash of the
/// inner flow (RFC 7348 section 5, RFC 8926 section 3.3, RFC 8086 section 3.2), so it may by chance be any number.
constexpr UdpTunnel kUdpTunnels[] = {
    {4789, Layer::kVxlan},        // RFC 7348
    {8472, Layer::kVxlan},        // Linux, before the assignment and by default still
    {6081, Layer::kGeneve},       // RFC 8926
    {4754, Layer::kGre},          // RFC 8086
    {2152, Layer::kGtpU, true},   // 3GPP TS 29.281
    {3544, Layer::kTeredo, true}  // RFC 4380
};

/// The outer packet is now known to be a carrier: its later fragments are not packets of a flow.
void confirm_outer(Frame& frame) {
    const Outer& outer = frame.aside.outer;
    if (outer.is_fragment) frame.fragments.remember_tunnel(outer.fragment.key, outer.packet.timestamp);
}

}  // namespace

Layer tunnel_of_ports(std::uint16_t source, std::uint16_t destination) {
    for (const UdpTunnel& row : kUdpTunnels)
        if (row.port == destination || (row.answers_from_port && row.port == source)) return row.layer;
    return Layer::kEnd;
}

void try_udp_tunnel(Frame& frame) {
    if (frame.has_outer) confirm_outer(frame);  // It held this UDP packet.
    Outer& outer = frame.aside.outer;
    outer.packet = frame.packet;
    outer.is_fragment = frame.is_fragment;
    if (outer.is_fragment) outer.fragment = frame.aside.fragment;
    outer.is_in_tunnel = frame.is_in_tunnel;
    outer.marks = frame.counters.marks;
    frame.has_outer = true;
    frame.enter_tunnel();
}

void settle_udp_tunnel(Frame& frame) {
    if (is_for_flows(frame.outcome)) return confirm_outer(frame);
    const Outer& outer = frame.aside.outer;
    frame.packet = outer.packet;
    frame.is_fragment = outer.is_fragment;
    if (outer.is_fragment) frame.aside.fragment = outer.fragment;
    frame.is_in_tunnel = outer.is_in_tunnel;
    frame.counters.marks = outer.marks;  // What was noticed inside stood in no packet.
    frame.counters.add(Mark::kUnfollowedTunnel);
    frame.outcome = Outcome::kFlowPacket;
}

}  // namespace flowsift::decode
