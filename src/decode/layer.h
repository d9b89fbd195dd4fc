// Layer: one header of a frame, and Frame: what the layers' parsers share while one frame is walked from outside in.
//
// A parser reads its header from frame.reader, writes what it learnt to frame.packet and returns the layer that
// follows; it knows nothing of the others. To add a layer: one enumerator here, one function (declared below, in a file
// of its own), one row in the table of decoder.cpp.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"
#include "decode/fragment_table.h"
#include "decode/outcome.h"
#include "decode/packet.h"

namespace flowsift::decode {

enum class Layer : std::uint8_t {
    kEthernet,
    kVlan,
    kLlc,
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
    kTcp,
    kUdp,
    kIcmp,
    kIcmpV6,
    kSctp,
    kEnd,  ///< No layer: frame.outcome says how the walk ended.
};

struct Frame {
    base::ByteReader reader;        ///< What was captured from the next layer's header on, without padding.
    std::uint32_t length_left = 0;  ///< What that was on the wire, bytes, by the innermost length field.
    Packet& packet;
    DecodeCounters& counters;
    FragmentTable& fragments;
    Outcome outcome = Outcome::kFlowPacket;
    int vlan_tags = 0;
    bool is_first_fragment = false;
    std::uint8_t next_protocol = 0;  ///< Of the IP header or extension header before: the protocol that follows.
    FragmentKey fragment_key = {};   ///< Meaningful in fragments, first and later.

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

    /// After `count` header bytes were read.
    void used(std::uint32_t count) { length_left -= count; }

    /// The header's length field says that `length` bytes follow: forgets padding behind them.
    void limit(std::uint32_t length) {
        length_left = length;
        reader = base::ByteReader(reader.bytes(std::min<std::size_t>(reader.remaining(), length)));
    }
};

using LayerParser = Layer (*)(Frame&);

Layer parse_ethernet(Frame& frame);
Layer parse_vlan(Frame& frame);
Layer parse_llc(Frame& frame);
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
Layer parse_tcp(Frame& frame);
Layer parse_udp(Frame& frame);
Layer parse_icmp(Frame& frame);
Layer parse_icmpv6(Frame& frame);
Layer parse_sctp(Frame& frame);

}  // namespace flowsift::decode
