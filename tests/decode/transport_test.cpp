// TCP, UDP, SCTP, ICMP and ICMPv6: every field of a Packet, and headers that contradict their packet.
#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "packet_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

Outcome decode(std::uint8_t protocol, const Buffer& message, Packet& packet) {
    Decoder decoder;
    const Buffer frame = ethernet(0x0800, ipv4({.protocol = protocol}, message));
    return decoder.decode(raw(frame, capture::LinkType::kEthernet, 0, 1'500'000'000'123'456'789), packet);
}
Outcome outcome_of(std::uint8_t protocol, const Buffer& message) {
    Packet packet;
    return decode(protocol, message, packet);
}

TEST(Transport, TcpFields) {
    Packet packet;
    const Tcp header{.source_port = 443, .destination_port = 51'000, .flags = 0xc2, .options = bytes(8, 1)};
    ASSERT_EQ(decode(6, tcp(header, bytes(5)), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.timestamp, 1'500'000'000'123'456'789);
    EXPECT_EQ(packet.source_port, 443);
    EXPECT_EQ(packet.destination_port, 51'000);
    EXPECT_EQ(packet.tcp_sequence, 0x01020304U);
    EXPECT_EQ(packet.tcp_acknowledgement, 0x0a0b0c0dU);
    EXPECT_EQ(packet.tcp_window, 0x1234);
    EXPECT_EQ(packet.tcp_flags, tcp_flag::kSyn | tcp_flag::kEce | tcp_flag::kCwr);
    EXPECT_EQ(packet.header_length, 28);
    EXPECT_EQ(packet.payload_length, 5U);
    EXPECT_EQ(packet.payload.size(), 5U);
    EXPECT_FALSE(packet.is_later_fragment);
}

TEST(Transport, TcpHeaderThatContradictsItsPacket) {
    EXPECT_EQ(outcome_of(6, tcp({.data_offset = 4}, bytes(5))), Outcome::kMalformedTcp);
    EXPECT_EQ(outcome_of(6, tcp({.data_offset = 5}, {})), Outcome::kFlowPacket);
    EXPECT_EQ(outcome_of(6, tcp({.data_offset = 6}, bytes(4))), Outcome::kFlowPacket);
    EXPECT_EQ(outcome_of(6, tcp({.data_offset = 6}, bytes(3))), Outcome::kMalformedTcp);
    EXPECT_EQ(outcome_of(6, bytes(19)), Outcome::kMalformedTcp);
}

TEST(Transport, UdpAndSctp) {
    Packet packet;
    ASSERT_EQ(decode(17, udp(53, 1024, bytes(7)), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.source_port, 53);
    EXPECT_EQ(packet.destination_port, 1024);
    EXPECT_EQ(packet.header_length, 8);
    EXPECT_EQ(packet.payload_length, 7U);
    EXPECT_EQ(packet.tcp_flags, 0);
    EXPECT_EQ(packet.tcp_window, 0);
    EXPECT_EQ(outcome_of(17, bytes(7)), Outcome::kMalformedUdp);
    EXPECT_EQ(outcome_of(17, udp(1, 2, bytes(4), 7)), Outcome::kMalformedUdp);
    EXPECT_EQ(outcome_of(17, udp(1, 2, bytes(4), 0)), Outcome::kFlowPacket);

    ASSERT_EQ(decode(132, be16(2905) + be16(2906) + bytes(8) + bytes(20), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.source_port, 2905);
    EXPECT_EQ(packet.destination_port, 2906);
    EXPECT_EQ(packet.header_length, 12);
    EXPECT_EQ(packet.payload_length, 20U);
    EXPECT_EQ(outcome_of(132, bytes(11)), Outcome::kMalformedSctp);
}

TEST(Transport, IcmpHasTypeCodeAndEchoIdentifierButNoPorts) {
    Packet packet;
    ASSERT_EQ(decode(1, icmp(8, 0, 0xbeef, bytes(56)), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.icmp_type, 8);
    EXPECT_TRUE(packet.is_echo);
    EXPECT_EQ(packet.echo_identifier, 0xbeef);
    EXPECT_EQ(packet.source_port, 0);
    EXPECT_EQ(packet.destination_port, 0);
    EXPECT_EQ(packet.header_length, 0);
    EXPECT_EQ(packet.payload_length, 64U);  // The whole message.

    ASSERT_EQ(decode(1, icmp(3, 1, 0xbeef, bytes(28)), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.icmp_type, 3);
    EXPECT_EQ(packet.icmp_code, 1);
    EXPECT_FALSE(packet.is_echo);
    EXPECT_EQ(packet.echo_identifier, 0);
    EXPECT_EQ(outcome_of(1, bytes(7, 0)), Outcome::kMalformedIcmp);
}

TEST(Transport, IcmpV6) {
    Decoder decoder;
    Packet packet;
    const Buffer request = ethernet(0x86dd, ipv6({.next_header = 58}, icmp(128, 0, 77, bytes(8))));
    ASSERT_EQ(decoder.decode(raw(request), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.protocol, 58);
    EXPECT_EQ(packet.icmp_type, 128);
    EXPECT_TRUE(packet.is_echo);
    EXPECT_EQ(packet.echo_identifier, 77);
    EXPECT_EQ(packet.payload_length, 16U);
    const Buffer solicitation = ethernet(0x86dd, ipv6({.next_header = 58}, icmp(135, 0, 0, bytes(16))));
    ASSERT_EQ(decoder.decode(raw(solicitation), packet), Outcome::kFlowPacket);
    EXPECT_FALSE(packet.is_echo);
    EXPECT_EQ(decoder.decode(raw(ethernet(0x86dd, ipv6({.next_header = 58}, bytes(3)))), packet),
              Outcome::kMalformedIcmp);
    EXPECT_EQ(decoder.decode(raw(ethernet(0x86dd, ipv6({.next_header = 58}, Buffer{128, 0, 0, 0}))), packet),
              Outcome::kMalformedIcmp);  // An echo without room for its identifier.
}

TEST(Transport, NothingOfAnEarlierPacketRemains) {
    Decoder decoder;
    Packet packet;
    const Buffer first = ethernet(0x8100, vlan(9, 0x0800, ipv4({}, tcp({}, bytes(3)))));
    const Buffer second = ethernet(0x0800, ipv4({.protocol = 17}, udp(1, 2, {})));
    ASSERT_EQ(decoder.decode(raw(first), packet), Outcome::kFlowPacket);
    ASSERT_EQ(decoder.decode(raw(second), packet), Outcome::kFlowPacket);
    EXPECT_EQ(packet.vlan, 0U);
    EXPECT_EQ(packet.tcp_flags, 0);
    EXPECT_EQ(packet.tcp_sequence, 0U);
    EXPECT_EQ(packet.payload_length, 0U);
}

}  // namespace
}  // namespace flowsift::decode
