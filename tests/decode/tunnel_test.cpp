// Tunnels: whatever carries it, the same packet reaches the flow engine; headers cut anywhere end under the right name;
// what only a port number promised is never lost.
#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tunnel_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

constexpr base::HashKey kKey{1, 2};
constexpr Options kOutermost{.flow_layer = FlowLayer::kOutermost};

const Buffer kV4 = ipv4({.source = "192.168.7.1", .destination = "192.168.7.2"}, tcp({}, bytes(5)));
const Buffer kV6 = ipv6({.next_header = 17, .source = "fd00::1", .destination = "fd00::2"}, udp(53, 5353, bytes(4)));
const Buffer kFrameV4 = ethernet(0x0800, kV4);
const Buffer kFrameV6 = ethernet(0x86dd, kV6);

struct Decoded {
    Outcome outcome;
    Packet packet;
    DecodeCounters counters;
};

Decoded decode(const Buffer& frame, const Options& options = {}, std::size_t original_length = 0) {
    Decoder decoder(kKey, options);
    Decoded decoded{};
    decoded.outcome = decoder.decode(raw(frame, capture::LinkType::kEthernet, original_length), decoded.packet);
    decoded.counters = decoder.counters();
    return decoded;
}

Buffer in_v4(std::uint8_t protocol, const Buffer& payload) {
    return ethernet(0x0800, ipv4({.protocol = protocol}, payload));
}
Buffer in_v6(std::uint8_t protocol, const Buffer& payload) {
    return ethernet(0x86dd, ipv6({.next_header = protocol}, payload));
}
Buffer in_udp(std::size_t port, const Buffer& payload) {
    return in_v4(17, udp(50'000, port, payload));
}

void expect_v4(const Decoded& decoded) {
    ASSERT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(to_string(decoded.packet.source), "192.168.7.1");
    EXPECT_EQ(to_string(decoded.packet.destination), "192.168.7.2");
    EXPECT_EQ(decoded.packet.protocol, 6);
    EXPECT_EQ(decoded.packet.destination_port, 80);
    EXPECT_EQ(decoded.packet.header_length, 20);
    EXPECT_EQ(decoded.packet.payload_length, 5U);
    EXPECT_EQ(decoded.packet.payload.size(), 5U);
}
void expect_v6(const Decoded& decoded) {
    ASSERT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(to_string(decoded.packet.source), "fd00::1");
    EXPECT_EQ(to_string(decoded.packet.destination), "fd00::2");
    EXPECT_EQ(decoded.packet.protocol, 17);
    EXPECT_EQ(decoded.packet.destination_port, 5353);
    EXPECT_EQ(decoded.packet.payload_length, 4U);
    EXPECT_EQ(decoded.packet.tcp_flags, 0);
}
/// The UDP packet around the tunnel.
void expect_outer_udp(const Decoded& decoded, std::size_t port) {
    ASSERT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(to_string(decoded.packet.source), "10.0.0.1");
    EXPECT_EQ(decoded.packet.protocol, 17);
    EXPECT_EQ(decoded.packet.source_port, 50'000);
    EXPECT_EQ(decoded.packet.destination_port, port);
    EXPECT_EQ(decoded.packet.header_length, 8);
    EXPECT_EQ(decoded.packet.tunnel_id, 0U);
    EXPECT_EQ(decoded.packet.tcp_flags, 0);
    EXPECT_EQ(decoded.packet.tcp_sequence, 0U);
}

enum class Carrier : std::uint8_t { kLink, kIp, kUdp };

struct TunnelCase {
    const char* name;
    Carrier carrier;
    Buffer v4;  // The whole frame with kV4 inside, empty if the tunnel cannot carry it.
    Buffer v6;
    std::uint32_t tunnel_id = 0;
    std::size_t udp_port = 0;
    Outcome outermost = Outcome::kFlowPacket;
};

std::vector<TunnelCase> tunnel_cases() {
    // GRE version 1: the key field holds length and call.
    const auto pptp = [&](std::size_t flags, const Buffer& numbers, const Buffer& payload) {
        return in_v4(47, gre(flags, 0x880b, be16(payload.size()) + be16(77) + numbers, payload));
    };
    const Buffer control_word = be32(0);
    return {
        {"MPLS", Carrier::kLink, ethernet(0x8847, mpls({16}, kV4)), ethernet(0x8848, mpls({2}, kV6))},
        {"MPLS stack", Carrier::kLink, ethernet(0x8847, mpls({16, 17, 18}, kV4)), ethernet(0x8847, mpls({1, 17}, kV6))},
        {"pseudowire", Carrier::kLink, ethernet(0x8847, mpls({16}, control_word + kFrameV4)),
         ethernet(0x8847, mpls({16}, control_word + kFrameV6))},
        {"pseudowire without control word", Carrier::kLink, ethernet(0x8847, mpls({16}, kFrameV4)),
         ethernet(0x8847, mpls({16}, kFrameV6))},
        {"PPPoE", Carrier::kLink, ethernet(0x8864, pppoe(ppp(0x0021, kV4))), ethernet(0x8864, pppoe(ppp(0x0057, kV6)))},
        {"MPLS in PPP", Carrier::kLink, ethernet(0x8864, pppoe(ppp(0x0281, mpls({9}, kV4)))),
         ethernet(0x8864, pppoe(ppp(0x0283, mpls({9}, kV6))))},
        {"IP in IP", Carrier::kIp, in_v4(4, kV4), in_v4(41, kV6)},
        {"IP in IPv6", Carrier::kIp, in_v6(4, kV4), in_v6(41, kV6)},
        {"MPLS in IP", Carrier::kIp, in_v4(137, mpls({16}, kV4)), in_v6(137, mpls({16}, kV6))},
        {"GRE", Carrier::kIp, in_v4(47, gre(0, 0x0800, {}, kV4)), in_v6(47, gre(0, 0x86dd, {}, kV6))},
        {"GRE with checksum", Carrier::kIp, in_v4(47, gre(0x8000, 0x0800, be32(0), kV4)),
         in_v4(47, gre(0x8000, 0x86dd, be32(0), kV6))},
        {"GRE with key", Carrier::kIp, in_v4(47, gre(0x2000, 0x0800, be32(0xabcd), kV4)),
         in_v4(47, gre(0x2000, 0x86dd, be32(0xabcd), kV6)), 0xabcd},
        {"GRE with sequence", Carrier::kIp, in_v4(47, gre(0x1000, 0x0800, be32(1), kV4)),
         in_v4(47, gre(0x1000, 0x86dd, be32(1), kV6))},
        {"GRE with all", Carrier::kIp, in_v4(47, gre(0xb000, 0x6558, be32(0) + be32(5) + be32(1), kFrameV4)),
         in_v4(47, gre(0xb000, 0x6558, be32(0) + be32(5) + be32(1), kFrameV6)), 5},
        {"GRE with MPLS", Carrier::kIp, in_v4(47, gre(0, 0x8847, {}, mpls({16}, kV4))),
         in_v4(47, gre(0, 0x8847, {}, mpls({16}, kV6)))},
        {"GRE with PPP", Carrier::kIp, in_v4(47, gre(0, 0x880b, {}, ppp(0x21, kV4))),
         in_v4(47, gre(0, 0x880b, {}, ppp(0x57, kV6)))},
        {"PPTP", Carrier::kIp, pptp(0x3001, be32(1), Buffer{0xff, 0x03} + ppp(0x0021, kV4)),
         pptp(0x3081, be32(1) + be32(2), Buffer{0x57} + kV6)},  // Compressed protocol, no address and control.
        {"ERSPAN I", Carrier::kIp, in_v4(47, gre(0, 0x88be, {}, kFrameV4)), in_v4(47, gre(0, 0x88be, {}, kFrameV6))},
        {"ERSPAN II", Carrier::kIp, in_v4(47, gre(0x1000, 0x88be, be32(1), erspan2(kFrameV4))),
         in_v4(47, gre(0x1000, 0x88be, be32(1), erspan2(kFrameV6)))},
        {"ERSPAN III", Carrier::kIp, in_v4(47, gre(0x1000, 0x22eb, be32(1), erspan3(0, true, kFrameV4))),
         in_v4(47, gre(0x1000, 0x22eb, be32(1), erspan3(2, false, kV6)))},
        {"VXLAN", Carrier::kUdp, in_udp(4789, vxlan(0x123456, kFrameV4)), in_udp(4789, vxlan(0x123456, kFrameV6)),
         0x123456, 4789},
        {"VXLAN, Linux port", Carrier::kUdp, in_udp(8472, vxlan(7, kFrameV4)), in_udp(8472, vxlan(7, kFrameV6)), 7,
         8472},
        {"Geneve", Carrier::kUdp, in_udp(6081, geneve(0xfedcba, 0x6558, kFrameV4)),
         in_udp(6081, geneve(0xfedcba, 0x86dd, kV6)), 0xfedcba, 6081},
        {"Geneve with options", Carrier::kUdp, in_udp(6081, geneve(9, 0x0800, kV4, 252)),
         in_udp(6081, geneve(9, 0x6558, kFrameV6, 4, 0x40)), 9, 6081},
        {"GRE over UDP", Carrier::kUdp, in_udp(4754, gre(0x2000, 0x0800, be32(3), kV4)),
         in_udp(4754, gre(0x2000, 0x86dd, be32(3), kV6)), 3, 4754},
        {"GTP-U", Carrier::kUdp, in_udp(2152, gtp_u({}, kV4)), in_udp(2152, gtp_u({}, kV6)), 0, 2152},
        {"GTP-U with sequence", Carrier::kUdp, in_udp(2152, gtp_u({.has_sequence = true}, kV4)),
         in_udp(2152, gtp_u({.has_sequence = true}, kV6)), 0, 2152},
        {"GTP-U with extensions", Carrier::kUdp, in_udp(2152, gtp_u({.extensions = {bytes(2), bytes(6)}}, kV4)),
         in_udp(2152, gtp_u({.has_sequence = true, .extensions = {bytes(2)}}, kV6)), 0, 2152},
        {"Teredo", Carrier::kUdp, {}, in_udp(3544, kV6), 0, 3544},
        {"Teredo with origin", Carrier::kUdp, {}, in_udp(3544, teredo_origin(kV6)), 0, 3544},
        {"Teredo with both", Carrier::kUdp, {}, in_udp(3544, teredo_authentication(0, 0, teredo_origin(kV6))), 0, 3544},
        {"Teredo with client id", Carrier::kUdp, {}, in_udp(3544, teredo_authentication(4, 20, kV6)), 0, 3544},
    };
}

TEST(Tunnel, EveryOneBringsTheSamePacket) {
    for (const TunnelCase& tunnel : tunnel_cases()) {
        SCOPED_TRACE(tunnel.name);
        for (const Buffer* frame : {&tunnel.v4, &tunnel.v6}) {
            if (frame->empty()) continue;
            const Decoded decoded = decode(*frame);
            frame == &tunnel.v4 ? expect_v4(decoded) : expect_v6(decoded);
            EXPECT_EQ(decoded.packet.tunnel_id, tunnel.tunnel_id);
            EXPECT_EQ(decoded.packet.wire_length, frame->size());
            EXPECT_EQ(decoded.counters.count(Mark::kTunnelled), tunnel.carrier == Carrier::kLink ? 0U : 1U);
            EXPECT_EQ(decoded.counters.count(Mark::kUnfollowedTunnel), 0U);
        }
    }
}

TEST(Tunnel, OutermostMakesUdpOfUdpAndCountsOtherCarriersByName) {
    for (const TunnelCase& tunnel : tunnel_cases()) {
        SCOPED_TRACE(tunnel.name);
        const Decoded decoded = decode(tunnel.v6, kOutermost);
        EXPECT_EQ(decoded.packet.tunnel_id, 0U);
        EXPECT_EQ(decoded.counters.count(Mark::kTunnelled), 0U);
        if (tunnel.carrier == Carrier::kLink) expect_v6(decoded);
        if (tunnel.carrier == Carrier::kUdp) expect_outer_udp(decoded, tunnel.udp_port);
        if (tunnel.carrier == Carrier::kIp) {
            EXPECT_FALSE(is_for_flows(decoded.outcome));
        }
    }
    EXPECT_EQ(decode(in_v4(47, gre(0, 0x0800, {}, kV4)), kOutermost).outcome, Outcome::kGre);
    EXPECT_EQ(decode(in_v4(4, kV4), kOutermost).outcome, Outcome::kIpInIp);
    EXPECT_EQ(decode(in_v4(41, kV6), kOutermost).outcome, Outcome::kIpv6InIp);
    EXPECT_EQ(decode(in_v4(137, mpls({9}, kV4)), kOutermost).outcome, Outcome::kMpls);
}

bool is_truncated(Outcome outcome) {
    return outcome == Outcome::kTruncatedLink || outcome == Outcome::kTruncatedNetwork ||
           outcome == Outcome::kTruncatedTunnel || outcome == Outcome::kTruncatedTransport;
}
bool is_malformed(Outcome outcome) {
    return outcome >= Outcome::kMalformedLink && outcome <= Outcome::kMalformedSctp;
}

/// The snap length cuts the frame at every byte: nothing but "truncated" before the inner transport header is readable,
/// or the outer UDP packet once that is; from then on the inner packet. MPLS may say "mpls" where a pseudowire's type
/// is cut off.
TEST(Tunnel, CutAnywhereItIsTruncatedOrTheOuterUdpPacket) {
    for (const TunnelCase& tunnel : tunnel_cases()) {
        SCOPED_TRACE(tunnel.name);
        const std::size_t readable = tunnel.v6.size() - 4;  // All but the inner UDP payload.
        const std::size_t outer_udp_readable = 14 + 20 + 8;
        for (std::size_t cut = 0; cut <= tunnel.v6.size(); ++cut) {
            const Buffer front(tunnel.v6.begin(), tunnel.v6.begin() + static_cast<std::ptrdiff_t>(cut));
            const Decoded decoded = decode(front, {}, tunnel.v6.size());
            if (cut >= readable) {
                ASSERT_EQ(decoded.outcome, Outcome::kFlowPacket) << cut;
                EXPECT_EQ(to_string(decoded.packet.source), "fd00::1");
                EXPECT_EQ(decoded.packet.payload_length, 4U);
                EXPECT_EQ(decoded.packet.payload.size(), cut - readable);
            } else if (tunnel.carrier == Carrier::kUdp && cut >= outer_udp_readable) {
                expect_outer_udp(decoded, tunnel.udp_port);
                EXPECT_EQ(decoded.packet.payload_length, tunnel.v6.size() - outer_udp_readable);
                EXPECT_EQ(decoded.packet.payload.size(), cut - outer_udp_readable);
                EXPECT_EQ(decoded.counters.count(Mark::kUnfollowedTunnel), 1U);
            } else {
                ASSERT_TRUE(is_truncated(decoded.outcome) || decoded.outcome == Outcome::kMpls)
                    << cut << " " << outcomes()[static_cast<std::size_t>(decoded.outcome)].name;
            }
        }
    }
}

/// The same bytes as whole, short frames: lengths contradict, and no packet is made up. (The inner IP header promises
/// bytes that are not there, so it looks cut once it is complete.)
TEST(Tunnel, ShortAnywhereItIsMalformedOrTheOuterUdpPacket) {
    for (const TunnelCase& tunnel : tunnel_cases()) {
        SCOPED_TRACE(tunnel.name);
        for (std::size_t size = 1; size < tunnel.v6.size() - 4; ++size) {
            const Decoded decoded =
                decode(Buffer(tunnel.v6.begin(), tunnel.v6.begin() + static_cast<std::ptrdiff_t>(size)));
            if (tunnel.carrier == Carrier::kUdp && size >= 14 + 20 + 8)
                expect_outer_udp(decoded, tunnel.udp_port);
            else
                ASSERT_TRUE(is_malformed(decoded.outcome) || is_truncated(decoded.outcome) ||
                            decoded.outcome == Outcome::kMpls)
                    << size << " " << outcomes()[static_cast<std::size_t>(decoded.outcome)].name;
        }
    }
}

TEST(Tunnel, WhatOnlyAPortPromisedStaysAUdpPacket) {
    const Buffer arp = ethernet(0x0806, bytes(28));
    const std::pair<std::size_t, Buffer> cases[] = {
        {4789, vxlan(7, arp)},                                                 // No flow inside.
        {4789, vxlan(7, kFrameV4, 0x00)},                                      // No network.
        {4789, bytes(100)},                                                    // Something else.
        {4789, {}},                                                            // Nothing.
        {6081, geneve(7, 0x0800, kV4, 0, 0x80)},                               // For the tunnel's ends.
        {6081, Buffer{0x40, 0} + be16(0x0800) + be32(0) + kV4},                // Version 1.
        {2152, gtp_u({.message = 1}, bytes(4))},                               // Echo request.
        {2152, gtp_u({}, bytes(40))},                                          // Neither IPv4 nor IPv6.
        {2152, gtp_u({.extensions = {{}}}, kV4)},                              // An extension header of length 0.
        {2152, gtp_u({.extensions = std::vector<Buffer>(9, bytes(2))}, kV4)},  // Too many of them.
        {3544, ipv6({.next_header = 59}, {})},                                 // A bubble.
        {3544, kV4 + bytes(13)},                                               // IPv4.
    };
    for (const auto& [port, payload] : cases) {
        SCOPED_TRACE(std::to_string(port) + ", " + std::to_string(payload.size()) + " bytes");
        const Decoded decoded = decode(in_udp(port, payload));
        expect_outer_udp(decoded, port);
        EXPECT_EQ(decoded.packet.payload_length, payload.size());
        EXPECT_EQ(decoded.packet.payload.size(), payload.size());
        EXPECT_EQ(decoded.counters.count(Mark::kUnfollowedTunnel), 1U);
        EXPECT_EQ(decoded.counters.count(Mark::kTunnelled), 0U);
        EXPECT_EQ(decoded.counters.frames_in(), 1U);
    }
}

TEST(Tunnel, MarksOfAnUnfollowedTunnelAreTakenBack) {
    // The content is no packet but would be an IPv4 header of total length 0.
    const Buffer no_packet = ipv4({.protocol = 200, .total_length = 0}, bytes(10));
    const Decoded decoded = decode(in_udp(4789, vxlan(7, ethernet(0x0800, no_packet))));
    expect_outer_udp(decoded, 4789);
    EXPECT_EQ(decoded.counters.count(Mark::kOffloadLength), 0U);
}

TEST(Tunnel, AnswersComeFromThePortOfGtpUAndTeredoOnly) {
    expect_v6(decode(in_v4(17, udp(2152, 1024, gtp_u({}, kV6)))));
    expect_v6(decode(in_v4(17, udp(3544, 1024, kV6))));
    EXPECT_EQ(decode(in_v4(17, udp(4789, 1024, vxlan(1, kFrameV6)))).packet.source_port, 4789);
    EXPECT_EQ(decode(in_v4(17, udp(6081, 1024, geneve(1, 0x86dd, kV6)))).packet.source_port, 6081);
}

TEST(Tunnel, CarriersWithoutAFlowInsideHaveTheNameOfWhatIsInside) {
    EXPECT_EQ(decode(in_v4(47, gre(0, 0x6558, {}, ethernet(0x0806, bytes(28))))).outcome, Outcome::kArp);
    EXPECT_EQ(decode(in_v4(4, ipv4({.protocol = 50}, bytes(20)))).outcome, Outcome::kEsp);
    EXPECT_EQ(decode(in_v4(47, gre(0, 0x1234, {}, bytes(20)))).outcome, Outcome::kOtherEthertype);
    EXPECT_EQ(decode(in_v4(47, gre(0, 0, {}, {}))).outcome, Outcome::kGre);                  // A keep-alive.
    EXPECT_EQ(decode(in_v4(47, gre(0x4000, 0x0800, be32(0), kV4))).outcome, Outcome::kGre);  // Source routing.
    EXPECT_EQ(decode(in_v4(47, gre(0x2081, 0x880b, be32(77) + be32(1), {}))).outcome, Outcome::kGre);  // Only an ack.
    EXPECT_EQ(decode(in_v4(47, gre(1, 0x880b, be32(0), kV4))).outcome, Outcome::kMalformedTunnel);     // No call.
    EXPECT_EQ(decode(in_v4(47, gre(2, 0x0800, {}, kV4))).outcome, Outcome::kMalformedTunnel);          // Version 2.
    EXPECT_EQ(decode(in_v4(47, gre(0x1000, 0x88be, be32(1), bytes(60)))).outcome, Outcome::kMalformedTunnel);
    EXPECT_EQ(decode(in_v4(47, gre(0x1000, 0x22eb, be32(1), erspan3(5, false, kFrameV4)))).outcome, Outcome::kGre);
    EXPECT_EQ(decode(in_v4(41, kV4 + bytes(20))).outcome, Outcome::kMalformedIpv6);
    EXPECT_EQ(decode(in_v4(4, kV6)).outcome, Outcome::kMalformedIpv4);
}

TEST(Tunnel, PppWithoutIpIsCountedByName) {
    const auto session = [](std::size_t protocol) { return ethernet(0x8864, pppoe(ppp(protocol, bytes(20)))); };
    EXPECT_EQ(decode(session(0xc021)).outcome, Outcome::kPppControl);
    EXPECT_EQ(decode(session(0x8021)).outcome, Outcome::kPppControl);
    EXPECT_EQ(decode(session(0x00fd)).outcome, Outcome::kOtherPpp);  // Compressed or encrypted.
    EXPECT_EQ(decode(ethernet(0x8863, pppoe(bytes(20), 9))).outcome, Outcome::kPppoeDiscovery);
    EXPECT_EQ(decode(ethernet(0x8864, pppoe(ppp(0x21, kV4), 9))).outcome, Outcome::kMalformedLink);
    EXPECT_EQ(decode(ethernet(0x8864, pppoe({}))).outcome, Outcome::kMalformedLink);
    EXPECT_EQ(decode(ethernet(0x8864, pppoe({0}))).outcome, Outcome::kMalformedLink);
    // Padding of a short frame is no part of the session's packet, and a length beyond the frame is not believed.
    expect_v4(decode(ethernet(0x8864, pppoe(ppp(0x21, kV4)) + bytes(30))));
    expect_v4(decode(ethernet(0x8864, pppoe(ppp(0x21, kV4), 0, 60'000))));
}

TEST(Tunnel, MplsContentIsFollowedOnlyWhereItIsSafe) {
    const auto below = [](const Buffer& content) { return decode(ethernet(0x8847, mpls({16}, content))).outcome; };
    EXPECT_EQ(below(be32(0x10000021) + kV4), Outcome::kMpls);  // A control channel (RFC 4385 section 5).
    EXPECT_EQ(below(bytes(40, 0x00)), Outcome::kMpls);         // Type 0: a frame length, which may be anything.
    EXPECT_EQ(below(bytes(40, 0x90)), Outcome::kMpls);
    EXPECT_EQ(below(be32(0) + ethernet(0x0806, bytes(28))), Outcome::kArp);
    EXPECT_EQ(below(Buffer{0x00, 0x1b} + bytes(10, 7) + be16(0x0800) + kV4), Outcome::kFlowPacket);
    EXPECT_EQ(below({}), Outcome::kMalformedLink);
    const Decoded tagged =
        decode(ethernet(0x8100, vlan(3, 0x8847, mpls({16}, be32(0) + ethernet(0x8100, vlan(4, 0x0800, kV4))))));
    expect_v4(tagged);
    EXPECT_EQ(tagged.packet.vlan, 0x004003U);
}

TEST(Tunnel, LengthsComeFromTheInnermostIpHeader) {
    // Padding behind the inner packet, inside the outer one: as a bridge forwards short Ethernet frames by VXLAN.
    const Buffer empty = ethernet(0x0800, ipv4({}, tcp({}, {}))) + bytes(6, 0);
    const Decoded padded = decode(in_udp(4789, vxlan(7, empty)));
    ASSERT_EQ(padded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(padded.packet.payload_length, 0U);
    EXPECT_TRUE(padded.packet.payload.empty());

    Buffer frame = in_udp(2152, gtp_u({}, ipv4({}, tcp({}, bytes(1000)))));
    const std::size_t original = frame.size();
    frame.resize(14 + 20 + 8 + 8 + 20 + 20 + 30);
    const Decoded cut = decode(frame, {}, original);
    ASSERT_EQ(cut.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(cut.packet.payload_length, 1000U);
    EXPECT_EQ(cut.packet.payload.size(), 30U);
    EXPECT_EQ(cut.packet.wire_length, original);
}

TEST(Tunnel, TheInnermostIdentifierCounts) {
    // A tunnel without one keeps that of the tunnel around it.
    EXPECT_EQ(decode(in_udp(4789, vxlan(7, in_v4(47, gre(0x2000, 0x0800, be32(9), kV4))))).packet.tunnel_id, 9U);
    EXPECT_EQ(decode(in_udp(4789, vxlan(7, in_v4(4, kV4)))).packet.tunnel_id, 7U);
}

TEST(Tunnel, NothingOfTheOuterPacketRemains) {
    const Decoded decoded =
        decode(in_udp(4789, vxlan(7, ethernet(0x0800, ipv4({.protocol = 1}, icmp(3, 1, 0, bytes(28)))))));
    ASSERT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.source_port, 0);
    EXPECT_EQ(decoded.packet.destination_port, 0);
    EXPECT_EQ(decoded.packet.header_length, 0);
}

TEST(Tunnel, NestingIsBounded) {
    Buffer packet = kV4;
    for (int headers = 2; headers <= 4; ++headers) packet = ipv4({.protocol = 4}, packet);
    expect_v4(decode(ethernet(0x0800, packet)));
    EXPECT_EQ(decode(in_v4(4, packet)).outcome, Outcome::kTooManyTunnels);

    Buffer bomb = kV6;
    for (int i = 0; i < 500; ++i) bomb = ipv6({.next_header = 41}, bomb);
    EXPECT_EQ(decode(ethernet(0x86dd, bomb)).outcome, Outcome::kTooManyTunnels);

    // Of UDP tunnels the innermost UDP packet that was readable remains.
    Buffer frame = kFrameV4;
    for (std::size_t network = 1; network <= 30; ++network) frame = in_udp(4789, vxlan(network, frame));
    const Decoded decoded = decode(frame);
    ASSERT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.destination_port, 4789);
    EXPECT_EQ(decoded.packet.tunnel_id,
              28U);  // The fourth UDP packet, in the network of the third header from outside.

    std::initializer_list<std::size_t> sixteen = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    expect_v4(decode(ethernet(0x8847, mpls(sixteen, kV4))));
    EXPECT_EQ(decode(ethernet(0x8847, mpls({0}, {}) + bytes(400, 0))).outcome, Outcome::kMpls);
    EXPECT_EQ(decode(ethernet(0x8847, bytes(400, 0))).outcome, Outcome::kTooManyLayers);
}

}  // namespace
}  // namespace flowsift::decode
