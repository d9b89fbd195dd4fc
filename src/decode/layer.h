// Layer: one header of a frame, and Frame: what the layers' parsers share while one frame is walked from outside in.
//
// A tunnel begins a new packet inside another one. Where only a UDP port hints at it, the outer packet is put aside
// (Aside) and becomes the frame's packet after all if no packet of a flow is found inside.
//
// A parser reads its header from frame.reader, writes what it learnt to frame.packet and returns the layer that
// follows; it knows nothing of the others. To add a layer: one enumerator here, one function (declared below, in a file
// of its own), one row in the table of decoder.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "decode/fragment.h"
#include "decode/fragment_table.h"
#include "decode/options.h"
#include "decode/outcome.h"
#include "decode/packet.h"

namespace flowsift::decode {

enum class Layer : std::uint8_t {
    kEthernet,
    kVlan,
    kLlc,
    kMpls,
    kPppoe,
    kPpp,
    kLinuxCooked,
    kLinuxCooked2,
    kNull,
    kLoop,
    kRaw,
    kIpv4,
    kIpv6,
    kIpv6Options,
    kIpv6Fragment,
    kAuthentication,
    kGre,
    kErspan,
    kVxlan,
    kGeneve,
    kGtpU,
    kTeredo,
    kTcp,
    kUdp,
    kIcmp,
    kIcmpV6,
    kSctp,
    kEnd,  ///< No layer: frame.outcome says how the walk ended.
};

/// The UDP packet around a tunnel that its port promised.
struct Outer {
    Packet packet;
    Fragment fragment;  ///< Meaningful where is_fragment: the packet is the first fragment of a datagram.
    std::array<std::uint64_t, kMarkCount> marks{};  ///< As they stood before the tunnel.
    bool is_fragment = false;
    bool is_in_tunnel = false;
};

/// What only few frames need. Lives in the decoder, so that other frames do not pay for clearing it.
struct Aside {
    Fragment fragment;  ///< Meaningful where frame.is_fragment.
    Outer outer;        ///< Meaningful where frame.has_outer.
};

/// A packet in a tunnel in a tunnel in a tunnel.
inline constexpr int kMostIpHeaders = 4;

struct Frame {
    base::ByteReader reader;        ///< What was captured from the next layer's header on, without padding.
    std::uint32_t length_left = 0;  ///< What that was on the wire, bytes, by the innermost length field.
    Packet& packet;
    DecodeCounters& counters;
    FragmentTable& fragments;
    Aside& aside;
    const Options& options;
    Outcome outcome = Outcome::kFlowPacket;
    int vlan_tags = 0;
    int ip_headers = 0;
    std::uint8_t next_protocol = 0;  ///< Of the IP header or extension header before: the protocol that follows.
    bool is_fragment = false;        ///< The packet at hand is a fragment of a datagram: aside.fragment.
    bool has_outer = false;          ///< aside.outer is to become the packet if the walk ends without one.
    bool is_in_tunnel = false;
    bool is_checkable = true;  ///< The IP header gives what the transport's checksum covers: see verification.h.

    /// Ends the walk.
    Layer end(Outcome how) {
        outcome = how;
        return Layer::kEnd;
    }

    /// Whether a header of `count` bytes is here. If the wire had no room for it, the outcome becomes `malformed`; if
    /// only the capture cut it off, `truncated`.
    bool has(std::uint32_t count, Outcome malformed, Outcome truncated) {
        if (length_left >= count && reader.remaining() >= count) return true;
        outcome = length_left < count ? malformed : truncated;
        return false;
    }
    bool has_of_link(std::uint32_t count) { return has(count, Outcome::kMalformedLink, Outcome::kTruncatedLink); }
    bool has_of_tunnel(std::uint32_t count) { return has(count, Outcome::kMalformedTunnel, Outcome::kTruncatedTunnel); }

    /// After `count` header bytes were read.
    void used(std::uint32_t count) { length_left -= count; }

    /// Passes over `count` header bytes, which has() has found.
    void skip(std::uint32_t count) {
        reader.skip(count);
        used(count);
    }

    /// The header's length field says that `length` bytes follow: forgets padding behind them.
    void limit(std::uint32_t length) {
        length_left = length;
        reader = base::ByteReader(reader.bytes(std::min<std::size_t>(reader.remaining(), length)));
    }

    /// What follows is a packet of its own, of which nothing is known but the network it was seen on.
    void enter_tunnel();
};

using LayerParser = Layer (*)(Frame&);

Layer parse_ethernet(Frame& frame);
Layer parse_vlan(Frame& frame);
Layer parse_llc(Frame& frame);
Layer parse_mpls(Frame& frame);
Layer parse_pppoe(Frame& frame);
Layer parse_ppp(Frame& frame);
Layer parse_linux_cooked(Frame& frame);
Layer parse_linux_cooked2(Frame& frame);
Layer parse_null(Frame& frame);
Layer parse_loop(Frame& frame);
Layer parse_raw(Frame& frame);
Layer parse_ipv4(Frame& frame);
Layer parse_ipv6(Frame& frame);
Layer parse_ipv6_options(Frame& frame);
Layer parse_ipv6_fragment(Frame& frame);
Layer parse_authentication(Frame& frame);
Layer parse_gre(Frame& frame);
Layer parse_erspan(Frame& frame);
Layer parse_vxlan(Frame& frame);
Layer parse_geneve(Frame& frame);
Layer parse_gtp_u(Frame& frame);
Layer parse_teredo(Frame& frame);
Layer parse_tcp(Frame& frame);
Layer parse_udp(Frame& frame);
Layer parse_icmp(Frame& frame);
Layer parse_icmpv6(Frame& frame);
Layer parse_sctp(Frame& frame);

}  // namespace flowsift::decode
