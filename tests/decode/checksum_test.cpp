// Checksums: the sums themselves against values that others have published, then which packets are marked and which are
// not verifiable.
#include "decode/checksum.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tunnel_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

TEST(Checksum, InternetSumOfRfc1071) {
    // Section 3: 0001 f203 f4f5 f6f7 sum to ddf2; its complement is 220d.
    InternetSum sum;
    sum.add(Buffer{0x00, 0x01, 0xf2, 0x03});
    sum.add(Buffer{0xf4, 0xf5, 0xf6, 0xf7});
    EXPECT_FALSE(sum.is_right());
    sum.add(std::uint32_t{0x220d});
    EXPECT_TRUE(sum.is_right());

    InternetSum odd;  // A last single byte is the upper half of its word: 0102 + 0300 + fbfd = ffff.
    odd.add(Buffer{0x01, 0x02, 0x03});
    odd.add(std::uint32_t{0xfbfd});
    EXPECT_TRUE(odd.is_right());
}

TEST(Checksum, Crc32cOfTheCatalogue) {
    // "Check" of CRC-32/ISCSI, and 32 zero bytes of RFC 3720 appendix B.4 (aa 36 91 8a on the wire).
    const std::string digits = "123456789";
    Crc32c crc;
    crc.add(Buffer(digits.begin(), digits.begin() + 4));
    crc.add(Buffer(digits.begin() + 4, digits.end()));
    EXPECT_EQ(crc.value(), 0xe3069283U);
    Crc32c zeros;
    zeros.add(bytes(32, 0));
    EXPECT_EQ(zeros.value(), 0x8a9136aaU);
}

/// The complement of the sum of big-endian words, written as differently from the decoder's as may be.
std::size_t checksum_of(const Buffer& covered) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < covered.size(); ++i) {
        sum += i % 2 == 0 ? covered[i] * 256U : covered[i];
        if (sum > 0xffff) sum -= 0xffff;
    }
    return 0xffff - sum;
}

/// `message` with its checksum at `offset`, and the pseudo-header of the builder's default addresses where `protocol`.
Buffer sealed(Buffer message, std::size_t offset, std::size_t protocol, bool is_v6 = false) {
    Buffer pseudo;
    if (protocol != 0)
        pseudo = (is_v6 ? address("2001:db8::1") + address("2001:db8::2") : address("10.0.0.1") + address("10.0.0.2")) +
                 be32(message.size()) + be32(protocol);
    const Buffer checksum = be16(checksum_of(pseudo + message));
    std::copy(checksum.begin(), checksum.end(), message.begin() + static_cast<std::ptrdiff_t>(offset));
    return message;
}
/// IPv4 with a right header checksum.
Buffer sealed_ipv4(const Ipv4& header, const Buffer& payload) {
    const Buffer packet = ipv4(header, payload);
    const auto end_of_header = packet.begin() + 20 + static_cast<std::ptrdiff_t>(header.options.size());
    return sealed(Buffer(packet.begin(), end_of_header), 10, 0) + payload;
}

/// What a verifying decoder counts for one frame: every mark by name with its count, e.g. "bad_tcp_checksum 1".
std::string marks_of(const Buffer& frame, std::size_t original_length = 0) {
    Decoder decoder(base::HashKey{1, 2}, {.verify_checksums = true});
    Packet packet;
    EXPECT_TRUE(is_for_flows(decoder.decode(raw(frame, capture::LinkType::kEthernet, original_length), packet)));
    std::string text;
    for (const MarkInfo& info : marks())
        if (const std::uint64_t count = decoder.counters().count(info.mark); count > 0)
            text += std::string(info.name) + " " + std::to_string(count) + ";";
    return text;
}
std::string marks_of_v4(const Ipv4& header, const Buffer& payload, std::size_t original_length = 0) {
    return marks_of(ethernet(0x0800, sealed_ipv4(header, payload)), original_length);
}
std::string marks_of_v6(std::uint8_t protocol, const Buffer& payload) {
    return marks_of(ethernet(0x86dd, ipv6({.next_header = protocol}, payload)));
}
Buffer damaged(Buffer message) {
    message.back() ^= 1;
    return message;
}

const Buffer kTcp = tcp({}, bytes(7));
const Buffer kUdp = udp(1, 2, bytes(7));

TEST(Checksum, EachProtocolHasItsMark) {
    EXPECT_EQ(marks_of_v4({.protocol = 6}, sealed(kTcp, 16, 6)), "");
    EXPECT_EQ(marks_of_v4({.protocol = 6}, damaged(sealed(kTcp, 16, 6))), "bad_tcp_checksum 1;");
    EXPECT_EQ(marks_of_v6(6, sealed(kTcp, 16, 6, true)), "");
    EXPECT_EQ(marks_of_v6(6, damaged(sealed(kTcp, 16, 6, true))), "bad_tcp_checksum 1;");
    EXPECT_EQ(marks_of_v4({.protocol = 17}, sealed(kUdp, 6, 17)), "");
    EXPECT_EQ(marks_of_v4({.protocol = 17}, damaged(sealed(kUdp, 6, 17))), "bad_udp_checksum 1;");
    EXPECT_EQ(marks_of_v6(17, sealed(kUdp, 6, 17, true)), "");
    EXPECT_EQ(marks_of_v6(17, damaged(sealed(kUdp, 6, 17, true))), "bad_udp_checksum 1;");
    const Buffer echo = icmp(8, 0, 77, bytes(9)), echo6 = icmp(128, 0, 77, bytes(9));
    EXPECT_EQ(marks_of_v4({.protocol = 1}, sealed(echo, 2, 0)), "");
    EXPECT_EQ(marks_of_v4({.protocol = 1}, damaged(sealed(echo, 2, 0))), "bad_icmp_checksum 1;");
    EXPECT_EQ(marks_of_v6(58, sealed(echo6, 2, 58, true)), "");
    EXPECT_EQ(marks_of_v6(58, sealed(echo6, 2, 0)), "bad_icmpv6_checksum 1;");  // Without the addresses.
}

TEST(Checksum, OfSctp) {
    // A COOKIE ACK: ports, verification tag, checksum, type 11, flags, length. The CRC32c of the packet with the
    // checksum field 0, worked out bit by bit below, goes to the wire with its lowest byte first (RFC 9260 appendix A).
    const Buffer packet = be16(2905) + be16(2906) + be32(0x01020304) + be32(0) + Buffer{11, 0, 0, 4};
    std::uint32_t crc = 0xffffffff;
    for (const std::uint8_t byte : packet) {
        for (int bit = 0; bit < 8; ++bit) {
            const bool is_odd = ((crc ^ static_cast<std::uint32_t>(byte >> bit)) & 1U) != 0;
            crc = crc >> 1 ^ (is_odd ? 0x82f63b78U : 0U);
        }
    }
    crc = ~crc;
    Buffer right = packet;
    for (std::size_t i = 0; i < 4; ++i) right[8 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
    EXPECT_EQ(marks_of_v4({.protocol = 132}, right), "");
    EXPECT_EQ(marks_of_v6(132, right), "");
    EXPECT_EQ(marks_of_v4({.protocol = 132}, packet), "bad_sctp_checksum 1;");
}

TEST(Checksum, OfTheIpv4HeaderWithItsOptions) {
    EXPECT_EQ(marks_of(ethernet(0x0800, ipv4({}, sealed(kTcp, 16, 6)))),
              "bad_ip_checksum 1;");  // The builder leaves 0.
    EXPECT_EQ(marks_of_v4({.options = bytes(8, 1)}, sealed(kTcp, 16, 6)), "unverifiable_checksums 1;");
}

TEST(Checksum, UdpMayLackOneOverIpv4AndInTunnels) {
    EXPECT_EQ(marks_of_v4({.protocol = 17}, kUdp), "");
    EXPECT_EQ(marks_of_v6(17, kUdp), "bad_udp_checksum 1;");
    EXPECT_EQ(marks_of_v6(17, udp(9, 4789, bytes(8))), "unfollowed_udp_tunnels 1;");
    // The UDP length says how much is covered; one that cannot be leaves nothing to verify.
    EXPECT_EQ(marks_of_v4({.protocol = 17}, sealed(kUdp, 6, 17) + bytes(5)), "");
    EXPECT_EQ(marks_of_v4({.protocol = 17}, sealed(udp(1, 2, bytes(7), 99), 6, 17)), "unverifiable_checksums 1;");
}

TEST(Checksum, WhatIsNotWholeIsNotVerified) {
    const Buffer segment = sealed(kTcp, 16, 6);
    EXPECT_EQ(marks_of_v4({}, segment, 1000), "");  // The frame was longer, the packet is whole.
    Buffer cut = ethernet(0x0800, sealed_ipv4({}, segment));
    cut.pop_back();
    EXPECT_EQ(marks_of(cut, cut.size() + 1), "unverifiable_checksums 1;");
    EXPECT_EQ(marks_of_v4({.more_fragments = true}, segment), "unverifiable_checksums 1;");
    EXPECT_EQ(marks_of_v4({.total_length = 0}, segment), "offload_lengths 1;unverifiable_checksums 1;");
    EXPECT_EQ(marks_of(ethernet(0x0800, sealed_ipv4({}, segment) + bytes(6, 0x11))), "");  // Padding is not covered.
    EXPECT_EQ(marks_of_v6(60, ipv6_options(6, 0, segment)), "unverifiable_checksums 1;");
    EXPECT_EQ(marks_of_v6(43, ipv6_options(6, 0, segment)), "unverifiable_checksums 1;");
    EXPECT_EQ(marks_of_v6(0, ipv6_options(6, 0, sealed(kTcp, 16, 6, true))), "");  // Hop-by-hop.
}

TEST(Checksum, OfEveryPacketOfATunnel) {
    const Buffer inner = sealed_ipv4({}, sealed(kTcp, 16, 6));
    EXPECT_EQ(marks_of_v4({.protocol = 4}, inner), "tunnelled_packets 1;");
    EXPECT_EQ(marks_of_v4({.protocol = 4}, ipv4({}, damaged(sealed(kTcp, 16, 6)))),
              "tunnelled_packets 1;bad_ip_checksum 1;bad_tcp_checksum 1;");
    const Buffer outer = udp(9, 4789, vxlan(7, ethernet(0x0800, damaged(inner))));
    EXPECT_EQ(marks_of_v4({.protocol = 17}, damaged(sealed(outer, 6, 17))),
              "tunnelled_packets 1;bad_udp_checksum 1;");  // damaged() twice repairs the inner packet.
    EXPECT_EQ(marks_of_v4({.protocol = 17}, sealed(outer, 6, 17)), "tunnelled_packets 1;bad_tcp_checksum 1;");
}

TEST(Checksum, OnRequestOnly) {
    Decoder decoder(base::HashKey{1, 2});
    Packet packet;
    const Buffer frame = ethernet(0x0800, ipv4({}, damaged(sealed(kTcp, 16, 6))));
    ASSERT_EQ(decoder.decode(raw(frame), packet), Outcome::kFlowPacket);
    for (const MarkInfo& info : marks()) EXPECT_EQ(decoder.counters().count(info.mark), 0U) << info.name;
}

TEST(Checksum, MalformedTransportsAreNotVerified) {
    Decoder decoder(base::HashKey{1, 2}, {.verify_checksums = true});
    Packet packet;
    for (const std::uint8_t protocol : Buffer{1, 6, 17, 132})
        decoder.decode(raw(ethernet(0x0800, sealed_ipv4({.protocol = protocol}, bytes(5)))), packet);
    decoder.decode(raw(ethernet(0x0800, {0x44})), packet);
    decoder.decode(raw(ethernet(0x0800, {0x4f, 0, 0, 60})), packet);
    for (const MarkInfo& info : marks()) EXPECT_EQ(decoder.counters().count(info.mark), 0U) << info.name;
}

}  // namespace
}  // namespace flowsift::decode
