// pcapng files: sections, interfaces, timestamp resolutions, each kind of packet block, damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using namespace test;
using ::testing::HasSubstr;

class Pcapng : public ::testing::Test {
  protected:
    Contents read(const Buffer& content) { return read_file(folder_.write("test.pcapng", content)); }

    base::Nanoseconds time_of(Order order, const Buffer& options, std::uint64_t units) {
        const Contents contents =
            read(section(order) + interface(order, 1, options) + enhanced_packet(order, 0, units, bytes(4)));
        EXPECT_EQ(contents.packets.size(), 1U) << contents.damage;
        return contents.packets.empty() ? -1 : contents.packets[0].timestamp;
    }
    TemporaryFolder folder_;
};

TEST_F(Pcapng, TimestampResolutions) {
    for (const Order order : {kLittle, kBig}) {
        // 1,500,000,000.5 s in each unit.
        EXPECT_EQ(time_of(order, {}, 1'500'000'000'500'000), 1'500'000'000'500'000'000);  // µs is the default.
        EXPECT_EQ(time_of(order, resolution(order, 9), 1'500'000'000'500'000'000), 1'500'000'000'500'000'000);
        EXPECT_EQ(time_of(order, resolution(order, 3), 1'500'000'000'500), 1'500'000'000'500'000'000);
        EXPECT_EQ(time_of(order, resolution(order, 0), 1'500'000'000), 1'500'000'000'000'000'000);
        EXPECT_EQ(time_of(order, resolution(order, 10), 15'000'000'005'000'000'000U), 1'500'000'000'500'000'000);
        // Powers of two: 2^-10 s: 1,500,000,000.5 * 1024 = 1,536,000,000,512.
        EXPECT_EQ(time_of(order, resolution(order, 0x80 | 10), 1'536'000'000'512), 1'500'000'000'500'000'000);
        // 2^-32 s (NTP): 3 * 2^30 is three quarters of a second.
        EXPECT_EQ(time_of(order, resolution(order, 0x80 | 32), 3ULL << 30), 750'000'000);
        // if_tsoffset is in seconds and signed.
        const Buffer later = resolution(order, 9) + option(order, 14, order.u64(1'000));
        const Buffer earlier = resolution(order, 6) + option(order, 14, order.u64(static_cast<std::uint64_t>(-2)));
        EXPECT_EQ(time_of(order, later, 5), 1'000'000'000'005);
        EXPECT_EQ(time_of(order, earlier, 500'000), -1'500'000'000);
        // Absurd times become the nearest of which sums and differences do not overflow: 2^62 and -2^61 ns.
        EXPECT_EQ(time_of(order, {}, ~std::uint64_t{0}), 4'611'686'018'427'387'904);
        EXPECT_EQ(time_of(order, resolution(order, 9), 1ULL << 63), 4'611'686'018'427'387'904);
        EXPECT_EQ(time_of(order, option(order, 14, order.u64(1ULL << 63)), 0), -2'305'843'009'213'693'952);
    }
    EXPECT_THAT(read(section(kLittle) + interface(kLittle, 1, resolution(kLittle, 20))).damage,
                HasSubstr("resolution"));
    EXPECT_THAT(read(section(kLittle) + interface(kLittle, 1, resolution(kLittle, 0xff))).damage,
                HasSubstr("resolution"));
}

TEST_F(Pcapng, SectionsAndInterfacesKeepTheirOwnSettings) {
    const Buffer first = section(kLittle) + interface(kLittle, 1) + interface(kLittle, 101, resolution(kLittle, 9)) +
                         enhanced_packet(kLittle, 1, 42, bytes(21), 400) + enhanced_packet(kLittle, 0, 42, bytes(22));
    const Buffer second = section(kBig) + interface(kBig, 113) + enhanced_packet(kBig, 0, 43, bytes(23));
    const Contents contents = read(first + second);
    ASSERT_EQ(contents.packets.size(), 3U) << contents.damage;
    EXPECT_EQ(contents.packets[0], (KeptPacket{42, bytes(21), 400, LinkType::kRaw}));
    EXPECT_EQ(contents.packets[1], (KeptPacket{42'000, bytes(22), 22, LinkType::kEthernet}));
    EXPECT_EQ(contents.packets[2], (KeptPacket{43'000, bytes(23), 23, LinkType::kLinuxCooked}));
    EXPECT_EQ(contents.damage, "");
    // The second section describes one interface: the first section's are forgotten.
    EXPECT_THAT(read(first + second + enhanced_packet(kBig, 1, 1, bytes(1))).damage, HasSubstr("interface 1"));
}

TEST_F(Pcapng, SimpleAndObsoletePacketBlocks) {
    for (const Order order : {kLittle, kBig}) {
        const Buffer obsolete =
            block(order, 2,
                  order.u16(0) + order.u16(7) + order.u32(0) + order.u32(5) + order.u32(6) + order.u32(60) + bytes(6));
        const Buffer simple = block(order, 3, order.u32(60) + bytes(10));  // The interface's snap length is 10.
        const Contents contents = read(section(order) + interface(order, 1, {}, 10) + obsolete + simple);
        ASSERT_EQ(contents.packets.size(), 2U) << contents.damage;
        EXPECT_EQ(contents.packets[0], (KeptPacket{5'000, bytes(6), 60, LinkType::kEthernet}));
        // It has no time of its own and takes that of the packet before it.
        EXPECT_EQ(contents.packets[1], (KeptPacket{5'000, bytes(10), 60, LinkType::kEthernet}));
    }
}

TEST_F(Pcapng, OtherBlocksAreSkippedByLength) {
    const Buffer packet = enhanced_packet(kLittle, 0, 1, bytes(5));
    const Buffer content = section(kLittle) + block(kLittle, 0xbad, bytes(40)) + interface(kLittle) + packet +
                           block(kLittle, 5, bytes(800'000)) + packet + block(kLittle, 10, {}) + packet;
    const Contents contents = read(content);
    EXPECT_EQ(contents.packets.size(), 3U);
    EXPECT_EQ(contents.damage, "");
    // The end within a block that is only skipped is damage all the same.
    const Buffer cut(content.begin(), content.begin() + 500'000);
    EXPECT_EQ(read(cut).packets.size(), 1U);
    EXPECT_THAT(read(cut).damage, HasSubstr("too early"));
}

TEST_F(Pcapng, DamageIsNamed) {
    const Buffer start = section(kLittle) + interface(kLittle) + enhanced_packet(kLittle, 0, 1, bytes(8));
    // 28 + 20 + 40 bytes (32 of an enhanced packet block and 8 of its packet): what follows begins at byte 88.
    const auto damage = [&](const Buffer& rest) {
        const Contents contents = read(start + rest);
        EXPECT_EQ(contents.packets.size(), 1U);
        EXPECT_THAT(contents.damage, HasSubstr("at byte 88:"));
        return contents.damage;
    };
    EXPECT_THAT(damage(kLittle.u32(6) + kLittle.u32(11) + bytes(20)), HasSubstr("length of 11 bytes"));
    EXPECT_THAT(damage(kLittle.u32(6) + kLittle.u32(33) + bytes(40)), HasSubstr("length of 33 bytes"));
    EXPECT_THAT(damage(kLittle.u32(6) + kLittle.u32(0x7ffffff0) + bytes(40)), HasSubstr("claims 2147483632 bytes"));
    Buffer other_length = enhanced_packet(kLittle, 0, 1, bytes(8));
    other_length[other_length.size() - 4] ^= 4;
    EXPECT_THAT(damage(other_length), HasSubstr("differ"));
    Buffer too_long = enhanced_packet(kLittle, 0, 1, bytes(8));
    too_long[20] = 9;  // The captured length, with eight bytes there.
    EXPECT_THAT(damage(too_long), HasSubstr("longer than its block"));
    EXPECT_THAT(damage(enhanced_packet(kLittle, 1, 1, bytes(8))), HasSubstr("interface 1"));
    EXPECT_THAT(damage(block(kLittle, 0x0a0d0d0a, bytes(16))), HasSubstr("byte-order magic"));
    EXPECT_THAT(damage(block(kLittle, 1, bytes(8) + kLittle.u16(9) + kLittle.u16(100))), HasSubstr("option"));
    EXPECT_THAT(read(section(kLittle) + block(kLittle, 3, bytes(8))).damage, HasSubstr("before any interface"));
}

TEST_F(Pcapng, EveryPrefixGivesItsWholePackets) {
    Buffer whole = section(kBig) + interface(kBig);
    std::vector<std::size_t> ends;
    for (std::uint8_t i = 0; i < 5; ++i) {
        whole = whole + block(kBig, 0x99, bytes(i)) + enhanced_packet(kBig, 0, i, bytes(i * 7U));
        ends.push_back(whole.size());
    }
    for (std::size_t size = 12; size <= whole.size(); ++size) {
        const Contents contents = read(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        const auto expected = std::count_if(ends.begin(), ends.end(), [&](std::size_t end) { return end <= size; });
        ASSERT_EQ(contents.packets.size(), static_cast<std::size_t>(expected)) << size;
    }
}

}  // namespace
}  // namespace flowsift::capture
