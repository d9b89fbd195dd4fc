// IPv4, IPv6 and their options; lengths that come from the IP header and from nothing else.
#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "packet_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

struct Decoded {
    Outcome outcome;
    Packet packet;
    DecodeCounters counters;
};

Decoded decode(const Buffer& frame, std::size_t original_length = 0) {
    Decoder decoder;
    Decoded decoded{};
    decoded.outcome = decoder.decode(raw(frame, capture::LinkType::kEthernet, original_length), decoded.packet);
    decoded.counters = decoder.counters();
    return decoded;
}
Decoded decode_v4(const Buffer& packet, std::size_t original_length = 0) {
    return decode(ethernet(0x0800, packet), original_length);
}
Decoded decode_v6(const Buffer& packet) {
    return decode(ethernet(0x86dd, packet));
}

TEST(Ipv4, PaddingIsNotPayload) {
    // Trap 21: an empty TCP segment has 40 bytes, Ethernet pads the frame to 60.
    const Decoded decoded = decode_v4(ipv4({}, tcp({}, {})) + bytes(6, 0));
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.payload_length, 0U);
    EXPECT_TRUE(decoded.packet.payload.empty());
    EXPECT_EQ(decoded.packet.wire_length, 60U);
}

TEST(Ipv4, SnapLengthDoesNotShortenThePayload) {
    Buffer frame = ethernet(0x0800, ipv4({}, tcp({}, bytes(1000))));
    const std::size_t original = frame.size();
    frame.resize(100);  // 14 + 20 + 20 header bytes leave 46 of the payload.
    const Decoded decoded = decode(frame, original);
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.payload_length, 1000U);
    EXPECT_EQ(decoded.packet.payload.size(), 46U);
    EXPECT_EQ(decoded.packet.wire_length, 1054U);
}

TEST(Ipv4, OptionsArePassedOver) {
    const Decoded decoded = decode_v4(ipv4({.options = bytes(40, 1)}, tcp({}, bytes(3))));
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.source_port, 40'000);
    EXPECT_EQ(decoded.packet.payload_length, 3U);
}

TEST(Ipv4, TotalLengthZeroMeansTheFrame) {
    const Decoded decoded = decode_v4(ipv4({.total_length = 0}, tcp({}, bytes(500))));
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.payload_length, 500U);
    EXPECT_EQ(decoded.counters.count(Mark::kOffloadLength), 1U);

    Buffer cut = ethernet(0x0800, ipv4({.total_length = 0}, tcp({}, bytes(500))));
    const std::size_t original = cut.size();
    cut.resize(64);
    EXPECT_EQ(decode(cut, original).packet.payload_length, 500U);  // The original length, not the captured one.
}

TEST(Ipv4, SuperFramesAreCountedAndKept) {
    // Trap 22. 9216 is the largest MTU in use: 20 + 20 + 9176 bytes fit, one more does not.
    EXPECT_EQ(decode_v4(ipv4({}, tcp({}, bytes(9176)))).counters.count(Mark::kSuperFrame), 0U);
    const Decoded decoded = decode_v4(ipv4({}, tcp({}, bytes(9177))));
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.counters.count(Mark::kSuperFrame), 1U);
    EXPECT_EQ(decoded.packet.payload_length, 9177U);
}

TEST(Ipv4, ImpossibleHeadersAreMalformed) {
    const Buffer segment = tcp({}, bytes(3));
    EXPECT_EQ(decode_v4(ipv4({.version_and_length = 0x44}, segment)).outcome, Outcome::kMalformedIpv4);
    EXPECT_EQ(decode_v4(ipv4({.version_and_length = 0x65}, segment)).outcome, Outcome::kMalformedIpv4);
    EXPECT_EQ(decode_v4(ipv4({.total_length = 19}, segment)).outcome, Outcome::kMalformedIpv4);
    EXPECT_EQ(decode_v4(ipv4({.total_length = 23, .version_and_length = 0x46}, segment)).outcome,
              Outcome::kMalformedIpv4);
    EXPECT_EQ(decode_v4(bytes(19, 0x45)).outcome, Outcome::kMalformedIpv4);
}

TEST(Ip, OtherProtocolsAreCountedByName) {
    const std::pair<std::uint8_t, const char*> protocols[] = {
        {2, "igmp"},
        {50, "esp"},
        {88, "eigrp"},
        {89, "ospf"},
        {103, "pim"},
        {112, "vrrp"},
        {115, "l2tp"},
        {33, "dccp"},
        {136, "udp_lite"},
        {46, "rsvp"},
        {59, "no_next_header"},
        {255, "other_ip_protocol"},
        {200, "other_ip_protocol"},
    };
    for (const auto& [number, name] : protocols) {
        const Outcome v4 = decode_v4(ipv4({.protocol = number}, bytes(40))).outcome;
        const Outcome v6 = decode_v6(ipv6({.next_header = number}, bytes(40))).outcome;
        EXPECT_EQ(outcomes()[static_cast<std::size_t>(v4)].name, name) << int{number};
        EXPECT_EQ(outcomes()[static_cast<std::size_t>(v6)].name, name) << int{number};
    }
    // The numbers of IPv6 extension headers mean nothing in an IPv4 header.
    for (const std::uint8_t number : Buffer{0, 43, 44, 60, 135})
        EXPECT_EQ(decode_v4(ipv4({.protocol = number}, bytes(40))).outcome, Outcome::kOtherIpProtocol) << int{number};
}

TEST(Ipv6, ExtensionHeadersArePassedOver) {
    const Buffer segment = tcp({}, bytes(9));
    const Buffer destination_options = ipv6_options(6, 2, segment);   // 24 bytes
    const Buffer routing = ipv6_options(60, 1, destination_options);  // 16 bytes
    const Buffer hop_by_hop = ipv6_options(43, 0, routing);           // 8 bytes
    const Decoded decoded = decode_v6(ipv6({.next_header = 0}, hop_by_hop));
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.protocol, 6);
    EXPECT_EQ(decoded.packet.destination_port, 80);
    EXPECT_EQ(decoded.packet.payload_length, 9U);  // The payload length covers the extension headers; the segment not.
}

TEST(Ip, AuthenticationHeaderIsPassedOver) {
    // RFC 4302: its length counts units of four bytes, minus two: 4 means 24 bytes.
    const Buffer authenticated = Buffer{17, 4} + bytes(22, 0) + udp(1, 2, bytes(5));
    EXPECT_EQ(decode_v6(ipv6({.next_header = 51}, authenticated)).packet.payload_length, 5U);
    const Decoded decoded = decode_v4(ipv4({.protocol = 51}, authenticated));
    EXPECT_EQ(decoded.outcome, Outcome::kFlowPacket);
    EXPECT_EQ(decoded.packet.protocol, 17);
    EXPECT_EQ(decoded.packet.destination_port, 2);
    EXPECT_EQ(decoded.packet.payload_length, 5U);
}

TEST(Ipv6, ChainOfExtensionHeadersIsBounded) {
    Buffer packet = tcp({}, {});
    for (int i = 0; i < 40; ++i) packet = ipv6_options(i == 0 ? 6 : 60, 0, packet);
    EXPECT_EQ(decode_v6(ipv6({.next_header = 60}, packet)).outcome, Outcome::kTooManyLayers);
}

TEST(Ipv6, JumbogramsAreCounted) {
    const Buffer hop_by_hop = ipv6_options(6, 0, tcp({}, bytes(100)));
    EXPECT_EQ(decode_v6(ipv6({.next_header = 0, .payload_length = 0}, hop_by_hop)).outcome, Outcome::kIpv6Jumbogram);
    EXPECT_EQ(decode_v6(ipv6({.next_header = 59}, {})).outcome, Outcome::kNoNextHeader);
}

TEST(Ipv6, HeadersBeyondThePayloadLengthAreMalformed) {
    const Buffer long_options = ipv6_options(6, 200, tcp({}, {}));
    EXPECT_EQ(decode_v6(ipv6({.next_header = 60, .payload_length = 40}, long_options)).outcome,
              Outcome::kMalformedIpv6);
    EXPECT_EQ(decode_v6(ipv6({.next_header = 60, .payload_length = 1}, long_options)).outcome, Outcome::kMalformedIpv6);
    EXPECT_EQ(decode_v6(bytes(39, 0x60)).outcome, Outcome::kMalformedIpv6);
}

TEST(Ip, CutHeadersAreTruncated) {
    const Buffer v4 = ethernet(0x0800, ipv4({.options = bytes(8, 1)}, tcp({.options = bytes(12, 1)}, bytes(10))));
    // 14 Ethernet, 20 + 8 IPv4, 20 + 12 TCP, 10 payload. TCP is readable from its 16th byte (14 + 28 + 16 = 58) on.
    for (std::size_t cut = 0; cut <= v4.size(); ++cut) {
        Buffer front(v4.begin(), v4.begin() + static_cast<std::ptrdiff_t>(cut));
        const Decoded decoded = decode(front, v4.size());
        const Outcome expected = cut < 14   ? Outcome::kTruncatedLink
                                 : cut < 42 ? Outcome::kTruncatedNetwork
                                 : cut < 58 ? Outcome::kTruncatedTransport
                                            : Outcome::kFlowPacket;
        ASSERT_EQ(decoded.outcome, expected) << cut;
        if (expected != Outcome::kFlowPacket) continue;
        EXPECT_EQ(decoded.packet.header_length, 32);
        EXPECT_EQ(decoded.packet.payload_length, 10U);
        EXPECT_EQ(decoded.packet.payload.size(), cut > 74 ? cut - 74 : 0);
    }
}

}  // namespace
}  // namespace flowsift::decode
