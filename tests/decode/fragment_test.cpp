// IP fragments: the first brings the ports, the later ones find them or are counted; the table against a plain map.
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "decode/decoder.h"
#include "decode/fragment_table.h"
#include "packet_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

class Fragments : public ::testing::Test {
  protected:
    Outcome decode(const Buffer& frame, base::Nanoseconds time = 0) {
        packet_ = {};
        return decoder_.decode(raw(frame, capture::LinkType::kEthernet, 0, time), packet_);
    }
    Outcome first(const Ipv4& header = {.protocol = 17}) {
        Ipv4 fragment = header;
        fragment.more_fragments = true;
        return decode(ethernet(0x0800, ipv4(fragment, udp(53, 999, bytes(16), 2000))));
    }
    /// 24 bytes that would read as ports 0x5a5a if they were taken for a transport header.
    Outcome later(const Ipv4& header = {.protocol = 17}, base::Nanoseconds time = 0) {
        Ipv4 fragment = header;
        fragment.fragment_offset = 24;
        return decode(ethernet(0x0800, ipv4(fragment, bytes(24))), time);
    }

    Decoder decoder_;
    Packet packet_;
};

TEST_F(Fragments, LaterOnesJoinTheFirst) {
    ASSERT_EQ(first(), Outcome::kFlowPacket);
    EXPECT_EQ(packet_.source_port, 53);
    EXPECT_EQ(packet_.header_length, 8);
    EXPECT_EQ(packet_.payload_length, 16U);  // Of this fragment: 24 bytes of IP payload less 8 of UDP header.
    EXPECT_FALSE(packet_.is_later_fragment);

    ASSERT_EQ(later(), Outcome::kLaterFragment);
    EXPECT_TRUE(packet_.is_later_fragment);
    EXPECT_EQ(packet_.protocol, 17);
    EXPECT_EQ(packet_.source_port, 53);
    EXPECT_EQ(packet_.destination_port, 999);
    EXPECT_EQ(packet_.header_length, 0);
    EXPECT_EQ(packet_.tcp_flags, 0);
    EXPECT_EQ(packet_.payload_length, 24U);
    EXPECT_TRUE(packet_.payload.empty());  // Reassembly was not asked for.
}

TEST_F(Fragments, WithoutTheirFirstTheyAreCountedNotParsed) {
    EXPECT_EQ(later(), Outcome::kFragmentWithoutFirst);
    ASSERT_EQ(first(), Outcome::kFlowPacket);
    EXPECT_EQ(later({.protocol = 17, .identification = 8}), Outcome::kFragmentWithoutFirst);
    EXPECT_EQ(later({.protocol = 6}), Outcome::kFragmentWithoutFirst);
    EXPECT_EQ(later({.protocol = 17, .source = "10.0.0.9"}), Outcome::kFragmentWithoutFirst);
    EXPECT_EQ(later({.protocol = 17, .source = "10.0.0.2", .destination = "10.0.0.1"}), Outcome::kFragmentWithoutFirst);
    EXPECT_EQ(decode(ethernet(0x8100, vlan(3, 0x0800, ipv4({.protocol = 17, .fragment_offset = 24}, bytes(24))))),
              Outcome::kFragmentWithoutFirst);
    EXPECT_EQ(later(), Outcome::kLaterFragment);
}

TEST_F(Fragments, AFirstFragmentIsForgottenAfterThirtySeconds) {
    ASSERT_EQ(first(), Outcome::kFlowPacket);
    EXPECT_EQ(later({.protocol = 17}, 30 * base::kSecond), Outcome::kLaterFragment);
    EXPECT_EQ(later({.protocol = 17}, 30 * base::kSecond + 1), Outcome::kFragmentWithoutFirst);
}

TEST_F(Fragments, OfUncountedProtocolsKeepTheirName) {
    EXPECT_EQ(later({.protocol = 50}), Outcome::kEsp);
}

TEST_F(Fragments, ATooSmallFirstFragmentTeachesNothing) {
    ASSERT_EQ(decode(ethernet(0x0800, ipv4({.more_fragments = true}, bytes(16)))), Outcome::kMalformedTcp);
    EXPECT_EQ(later({.protocol = 6}), Outcome::kFragmentWithoutFirst);
}

TEST_F(Fragments, OfAnEchoKeepItsIdentifier) {
    ASSERT_EQ(decode(ethernet(0x0800, ipv4({.protocol = 1, .more_fragments = true}, icmp(8, 0, 4321, bytes(16))))),
              Outcome::kFlowPacket);
    ASSERT_EQ(later({.protocol = 1}), Outcome::kLaterFragment);
    EXPECT_TRUE(packet_.is_echo);
    EXPECT_EQ(packet_.echo_identifier, 4321);
    EXPECT_EQ(packet_.icmp_type, 8);
    EXPECT_EQ(packet_.source_port, 0);
}

TEST_F(Fragments, OfIpv6) {
    const auto fragment = [](std::uint8_t next, std::size_t offset, bool more, std::size_t id, const Buffer& payload) {
        return ethernet(0x86dd, ipv6({.next_header = 44}, ipv6_fragment(next, offset, more, id, payload)));
    };
    EXPECT_EQ(decode(fragment(17, 1232, false, 0x10001, bytes(100))), Outcome::kFragmentWithoutFirst);
    ASSERT_EQ(decode(fragment(17, 0, true, 0x10001, udp(7, 9, bytes(1224), 1332))), Outcome::kFlowPacket);
    EXPECT_EQ(packet_.payload_length, 1224U);
    ASSERT_EQ(decode(fragment(17, 1232, false, 0x10001, bytes(100))), Outcome::kLaterFragment);
    EXPECT_EQ(packet_.destination_port, 9);
    EXPECT_EQ(packet_.payload_length, 100U);
    // Identifications have 32 bits: the low 16 alone are not enough.
    EXPECT_EQ(decode(fragment(17, 1232, false, 0x20001, bytes(100))), Outcome::kFragmentWithoutFirst);

    // The fragmentable part may begin with an extension header, which only the first fragment shows.
    ASSERT_EQ(decode(fragment(60, 0, true, 5, ipv6_options(17, 0, udp(8, 10, bytes(24), 100)))), Outcome::kFlowPacket);
    ASSERT_EQ(decode(fragment(60, 40, false, 5, bytes(60))), Outcome::kLaterFragment);
    EXPECT_EQ(packet_.protocol, 17);
    EXPECT_EQ(packet_.destination_port, 10);

    // An "atomic" fragment is a whole packet (RFC 6946).
    ASSERT_EQ(decode(fragment(17, 0, false, 6, udp(1, 2, bytes(3)))), Outcome::kFlowPacket);
    EXPECT_EQ(decode(fragment(17, 8, false, 6, bytes(3))), Outcome::kFragmentWithoutFirst);
}

FragmentKey key_of(std::uint32_t number) {
    FragmentKey key;
    key.identification = number;
    key.protocol = 17;
    return key;
}

TEST(FragmentTable, NeverTellsWhatAPlainMapWouldNot) {
    FragmentTable table(base::HashKey{1, 2});
    std::map<std::uint32_t, Packet> plain;
    base::Random random(1);
    std::size_t found = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::uint32_t number = random.below(6'000);  // More than the table's 4,096 entries.
        Packet packet;
        packet.timestamp = i * base::kMillisecond;
        packet.source_port = static_cast<std::uint16_t>(i);
        if (random.below(2) == 0) {
            table.remember(key_of(number), packet);
            plain[number] = packet;
            continue;
        }
        if (table.find(key_of(number), packet) == FragmentTable::Found::kNothing) continue;
        ++found;
        ASSERT_TRUE(plain.contains(number));
        EXPECT_EQ(packet.source_port, plain[number].source_port);
        EXPECT_LE(packet.timestamp - plain[number].timestamp, 30 * base::kSecond);
    }
    EXPECT_GT(found, 30'000U);  // Of about 100,000 questions; a table that finds nothing would pass the rest.
}

TEST(FragmentTable, ForgetsTheOldestWhateverTheSecret) {
    FragmentTable table(base::HashKey{3, 4}), other(base::HashKey{5, 6});
    const auto remember = [&](std::uint32_t number) {
        Packet packet;
        packet.destination_port = static_cast<std::uint16_t>(number);
        table.remember(key_of(number), packet);
        other.remember(key_of(number), packet);
    };
    const std::uint32_t entries = FragmentTable::kEntries;
    for (std::uint32_t number = 0; number < entries; ++number) remember(number);
    remember(0);        // Is the newest again,
    remember(entries);  // so 1 has to go.
    for (std::uint32_t number = 0; number <= entries; ++number) {
        Packet packet, same;
        const auto expected = number == 1 ? FragmentTable::Found::kNothing : FragmentTable::Found::kFlow;
        ASSERT_EQ(table.find(key_of(number), packet), expected) << number;
        ASSERT_EQ(other.find(key_of(number), same), expected) << number;
    }
}

}  // namespace
}  // namespace flowsift::decode
