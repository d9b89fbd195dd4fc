// Link layers: every link type brings the same packet to the flow engine; what is not IP is counted by name.
#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "packet_builder.h"

namespace flowsift::decode {
namespace {

using capture::LinkType;
using namespace test;

const Buffer kV4 = ipv4({}, tcp({}, bytes(3)));
const Buffer kV6 = ipv6({.next_header = 17}, udp(53, 5353, bytes(4)));

Outcome decode(const Buffer& frame, Packet& packet, LinkType link_type = LinkType::kEthernet) {
    Decoder decoder;
    return decoder.decode(raw(frame, link_type), packet);
}
Outcome outcome_of(const Buffer& frame, LinkType link_type = LinkType::kEthernet) {
    Packet packet;
    return decode(frame, packet, link_type);
}

struct LinkCase {
    const char* name;
    LinkType link_type;
    Buffer header_v4;  // Everything before the IPv4 header, empty if the link cannot carry it.
    Buffer header_v6;
};

Buffer le32(std::uint8_t value) {
    return {value, 0, 0, 0};
}

std::vector<LinkCase> link_cases() {
    const Buffer cooked = be16(0) + be16(1) + be16(6) + bytes(8);
    const Buffer cooked2_tail = be16(0) + be32(3) + be16(1) + Buffer{0, 6} + bytes(8);
    return {
        {"ethernet", LinkType::kEthernet, ethernet(0x0800, {}), ethernet(0x86dd, {})},
        {"cooked", LinkType::kLinuxCooked, cooked + be16(0x0800), cooked + be16(0x86dd)},
        {"cooked2", LinkType::kLinuxCooked2, be16(0x0800) + cooked2_tail, be16(0x86dd) + cooked2_tail},
        {"null, little-endian, FreeBSD", LinkType::kNull, le32(2), le32(28)},
        {"null, big-endian, macOS", LinkType::kNull, be32(2), be32(30)},
        {"null, Linux", LinkType::kNull, le32(2), le32(10)},
        {"null, NetBSD", LinkType::kNull, le32(2), le32(24)},
        {"loop", LinkType::kLoop, be32(2), be32(24)},
        {"raw", LinkType::kRaw, {}, {}},
        {"vlan", LinkType::kEthernet, ethernet(0x8100, vlan(5, 0x0800, {})), ethernet(0x8100, vlan(5, 0x86dd, {}))},
        {"snap", LinkType::kEthernet, ethernet(100, llc_snap(0, 0x0800, {})), ethernet(100, llc_snap(0, 0x86dd, {}))},
        {"bridge tunnel snap", LinkType::kEthernet, ethernet(100, llc_snap(0xf8, 0x0800, {})),
         ethernet(100, llc_snap(0xf8, 0x86dd, {}))},
        {"cooked llc", LinkType::kLinuxCooked, cooked + be16(4) + llc_snap(0, 0x0800, {}),
         cooked + be16(4) + llc_snap(0, 0x86dd, {})},
    };
}

TEST(Link, EveryLinkTypeBringsTheSamePacket) {
    for (const LinkCase& link : link_cases()) {
        SCOPED_TRACE(link.name);
        Packet packet;
        ASSERT_EQ(decode(link.header_v4 + kV4, packet, link.link_type), Outcome::kFlowPacket);
        EXPECT_EQ(to_string(packet.source), "10.0.0.1");
        EXPECT_EQ(to_string(packet.destination), "10.0.0.2");
        EXPECT_EQ(packet.protocol, 6);
        EXPECT_EQ(packet.destination_port, 80);
        EXPECT_EQ(packet.payload_length, 3U);
        EXPECT_EQ(packet.wire_length, link.header_v4.size() + 43);  // 20 IPv4 + 20 TCP + 3.

        ASSERT_EQ(decode(link.header_v6 + kV6, packet, link.link_type), Outcome::kFlowPacket);
        EXPECT_EQ(to_string(packet.source), "2001:db8::1");
        EXPECT_EQ(packet.protocol, 17);
        EXPECT_EQ(packet.source_port, 53);
        EXPECT_EQ(packet.payload_length, 4U);
    }
}

TEST(Link, IpLinkTypesTakeTheirOwnVersionOnly) {
    EXPECT_EQ(outcome_of(kV4, LinkType::kIpv4), Outcome::kFlowPacket);
    EXPECT_EQ(outcome_of(kV6, LinkType::kIpv6), Outcome::kFlowPacket);
    EXPECT_EQ(outcome_of(kV6, LinkType::kIpv4), Outcome::kMalformedIpv4);
    EXPECT_EQ(outcome_of(kV4 + bytes(20), LinkType::kIpv6), Outcome::kMalformedIpv6);
    EXPECT_EQ(outcome_of({0x50}, LinkType::kRaw), Outcome::kUnknownAddressFamily);
    EXPECT_EQ(outcome_of(be32(99), LinkType::kLoop), Outcome::kUnknownAddressFamily);
    EXPECT_EQ(outcome_of(kV4, static_cast<LinkType>(147)), Outcome::kUnsupportedLinkType);
}

TEST(Link, VlanIdsOfTheTwoOuterTagsAreKept) {
    Packet packet;
    // Priority bits do not belong to the id.
    ASSERT_EQ(decode(ethernet(0x8100, vlan(0x123, 0x0800, kV4, 5)), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.vlan, 0x123U);
    ASSERT_EQ(decode(ethernet(0x88a8, vlan(0x123, 0x8100, vlan(0xabc, 0x0800, kV4))), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.vlan, 0xabc123U);
    const Buffer third = vlan(0x777, 0x0800, kV4);
    ASSERT_EQ(decode(ethernet(0x9100, vlan(1, 0x9100, vlan(2, 0x8100, third))), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.vlan, 0x002001U);
    ASSERT_EQ(decode(ethernet(0x8100, vlan(0, 0x0800, kV4, 7)), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.vlan, 0U);  // A priority tag names no network.
}

TEST(Link, NestingIsBounded) {
    Buffer frame = vlan(1, 0x0800, kV4);
    for (int i = 0; i < 30; ++i) frame = vlan(1, 0x8100, frame);
    EXPECT_EQ(outcome_of(ethernet(0x8100, frame)), Outcome::kTooManyLayers);
}

TEST(Link, OtherFramesAreCountedByName) {
    const std::pair<std::size_t, const char*> ethertypes[] = {
        {0x0806, "arp"},           {0x88cc, "lldp"},
        {0x888e, "eapol"},         {0x8863, "pppoe_discovery"},
        {0x8035, "rarp"},          {0x88e5, "macsec"},
        {0x8809, "slow_protocol"}, {0x88f7, "ptp"},
        {0x88a4, "industrial"},    {0x1234, "other_ethertype"},
    };
    for (const auto& [type, name] : ethertypes) {
        const Outcome outcome = outcome_of(ethernet(type, bytes(46)));
        EXPECT_EQ(outcomes()[static_cast<std::size_t>(outcome)].name, name) << std::hex << type;
    }
    EXPECT_EQ(outcome_of(ethernet(38, Buffer{0x42, 0x42, 3} + bytes(35))), Outcome::kSpanningTree);
    EXPECT_EQ(outcome_of(ethernet(38, Buffer{0xfe, 0xfe, 3} + bytes(35))), Outcome::kIsoRouting);
    EXPECT_EQ(outcome_of(ethernet(38, Buffer{0xff, 0xff, 0} + bytes(35))), Outcome::kIpx);
    EXPECT_EQ(outcome_of(ethernet(38, Buffer{0x06, 0x06, 3} + bytes(35))), Outcome::kOtherLlc);
    EXPECT_EQ(outcome_of(ethernet(38, llc_snap(0x00000c, 0x2000, bytes(30)))), Outcome::kCiscoProtocol);
    EXPECT_EQ(outcome_of(ethernet(38, llc_snap(0x00000c, 0x010b, bytes(30)))), Outcome::kSpanningTree);
    EXPECT_EQ(outcome_of(ethernet(38, llc_snap(0x080007, 0x809b, bytes(30)))), Outcome::kOtherLlc);
    EXPECT_EQ(outcome_of(ethernet(1501, bytes(46))), Outcome::kMalformedLink);  // Neither length nor type.
}

TEST(Link, ShortFramesAreMalformedAndCutFramesTruncated) {
    const Buffer frame = ethernet(0x8100, vlan(5, 0x0800, kV4));
    Decoder decoder;
    Packet packet;
    for (const std::size_t cut : {0, 1, 13, 14, 17}) {
        const Buffer front(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(cut));
        EXPECT_EQ(decoder.decode(raw(front, LinkType::kEthernet, frame.size()), packet), Outcome::kTruncatedLink)
            << cut;
        if (cut == 0) continue;
        EXPECT_EQ(decoder.decode(raw(front), packet), Outcome::kMalformedLink) << cut;
    }
}

}  // namespace
}  // namespace flowsift::decode
