// Classic pcap files: both byte orders, every magic number, damage and its byte offset.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using namespace test;
using ::testing::HasSubstr;

class Pcap : public ::testing::Test {
  protected:
    Contents read(const Buffer& content) { return read_file(folder_.write("test.pcap", content)); }
    TemporaryFolder folder_;
};

TEST_F(Pcap, EveryMagicInBothByteOrders) {
    for (const Order order : {kLittle, kBig}) {
        const Buffer micro =
            pcap_header(order, 0xa1b2c3d4) + pcap_record(order, 1'500'000'000, 123'456, bytes(60), 1514);
        const Buffer nano = pcap_header(order, 0xa1b23c4d, 113) + pcap_record(order, 1, 123'456'789, bytes(60));
        Contents contents = read(micro);
        ASSERT_EQ(contents.packets.size(), 1U) << contents.error;
        EXPECT_EQ(contents.packets[0], (KeptPacket{1'500'000'000'123'456'000, bytes(60), 1514, LinkType::kEthernet}));
        EXPECT_EQ(contents.damage, "");

        contents = read(nano);
        ASSERT_EQ(contents.packets.size(), 1U) << contents.error;
        EXPECT_EQ(contents.packets[0], (KeptPacket{1'123'456'789, bytes(60), 60, LinkType::kLinuxCooked}));

        // Kuznetsov: eight more bytes (interface, protocol, packet type) stand between the lengths and the packet.
        const Buffer record = order.u32(2) + order.u32(3) + order.u32(4) + order.u32(9) + bytes(8, 0xff) + bytes(4);
        contents = read(pcap_header(order, 0xa1b2cd34) + record + record);
        ASSERT_EQ(contents.packets.size(), 2U) << contents.error;
        EXPECT_EQ(contents.packets[1], (KeptPacket{2'000'003'000, bytes(4), 9, LinkType::kEthernet}));
    }
}

TEST_F(Pcap, TimesAfter2038AreNotNegative) {
    const Contents contents = read(pcap_header(kLittle) + pcap_record(kLittle, 0xffffffff, 999'999, bytes(1)));
    ASSERT_EQ(contents.packets.size(), 1U);
    EXPECT_EQ(contents.packets[0].timestamp, 4'294'967'295'999'999'000);
}

TEST_F(Pcap, LinkTypesOfRawIpAreOne) {
    for (const std::uint32_t number : {12U, 14U, 101U}) {
        const Contents contents =
            read(pcap_header(kLittle, 0xa1b2c3d4, number) + pcap_record(kLittle, 1, 1, bytes(20)));
        ASSERT_EQ(contents.packets.size(), 1U);
        EXPECT_EQ(contents.packets[0].link_type, LinkType::kRaw);
    }
    // The high bits tell the length of the frame check sequence.
    const Contents contents =
        read(pcap_header(kLittle, 0xa1b2c3d4, 0x24000001) + pcap_record(kLittle, 1, 1, bytes(20)));
    EXPECT_EQ(contents.packets.at(0).link_type, LinkType::kEthernet);
}

TEST_F(Pcap, OldVersionsHaveTheirLengthsInEitherOrder) {
    Buffer content = kLittle.u32(0xa1b2c3d4) + kLittle.u16(2) + kLittle.u16(2) + bytes(12, 0) + kLittle.u32(1);
    content = content + kLittle.u32(1) + kLittle.u32(1) + kLittle.u32(100) + kLittle.u32(5) + bytes(5);
    const Contents contents = read(content);
    ASSERT_EQ(contents.packets.size(), 1U) << contents.damage;
    EXPECT_EQ(contents.packets[0].bytes.size(), 5U);
    EXPECT_EQ(contents.packets[0].original_length, 100U);
}

TEST_F(Pcap, AFileWithoutPacketsIsFine) {
    const Contents contents = read(pcap_header(kBig));
    EXPECT_EQ(contents.error + contents.damage, "");
    EXPECT_TRUE(contents.packets.empty());
}

TEST_F(Pcap, ManyBatchesAndPacketsLargerThanABlock) {
    Buffer content = pcap_header(kLittle);
    for (std::uint32_t i = 0; i < 3'000; ++i)
        content = std::move(content) + pcap_record(kLittle, i, 0, bytes(i % 1500, static_cast<std::uint8_t>(i)));
    content = std::move(content) + pcap_record(kLittle, 3'000, 0, bytes(5 << 20, 7)) +
              pcap_record(kLittle, 3'001, 0, bytes(1, 8));
    const Contents contents = read(content);
    ASSERT_EQ(contents.packets.size(), 3'002U) << contents.damage;
    for (std::uint32_t i = 0; i < 3'000; ++i) {
        ASSERT_EQ(contents.packets[i].timestamp, i * base::kSecond);
        ASSERT_EQ(contents.packets[i].bytes, bytes(i % 1500, static_cast<std::uint8_t>(i)));
    }
    EXPECT_EQ(contents.packets[3'000].bytes, bytes(5 << 20, 7));
    EXPECT_EQ(contents.packets[3'001].bytes, bytes(1, 8));
    EXPECT_EQ(contents.statistics.bytes_read, content.size());
    EXPECT_EQ(contents.statistics.bytes_total, content.size());
}

TEST_F(Pcap, APrefixGivesItsWholeRecordsAndNamesTheOffset) {
    // Records of 16 + 10 and 16 + 20 bytes follow the header of 24: they begin at 24 and 50 and end at 86.
    const Buffer whole =
        pcap_header(kLittle) + pcap_record(kLittle, 1, 0, bytes(10)) + pcap_record(kLittle, 2, 0, bytes(20));
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        SCOPED_TRACE(size);
        const Contents contents = read(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
        EXPECT_EQ(contents.packets.size(), size < 50 ? 0U : size < 86 ? 1U : 2U);
        EXPECT_EQ(contents.error.empty(), size >= 24);
        const bool is_whole = size == 24 || size == 50 || size == 86;
        EXPECT_EQ(contents.damage.empty(), size < 24 || is_whole);
        if (size > 24 && !is_whole) {
            EXPECT_THAT(contents.damage, HasSubstr(size < 50 ? "at byte 24:" : "at byte 50:"));
        }
    }
}

TEST_F(Pcap, AnAbsurdLengthIsDamageNotAnAllocation) {
    // 16 MiB are the limit.
    const Buffer fine = pcap_header(kLittle) + pcap_record(kLittle, 1, 0, bytes(16 << 20));
    EXPECT_EQ(read(fine).packets.size(), 1U);
    const Buffer good = pcap_header(kLittle) + pcap_record(kLittle, 1, 0, bytes(10));
    for (const std::uint32_t length : {(16U << 20) + 1, 0xffffffffU}) {
        const Contents contents = read(good + bytes(8, 0) + kLittle.u32(length) + kLittle.u32(60) + bytes(100));
        EXPECT_EQ(contents.packets.size(), 1U);
        EXPECT_THAT(contents.damage,
                    HasSubstr("test.pcap: damaged at byte 50: a packet record claims more than 16 MiB;"));
        EXPECT_THAT(contents.damage, HasSubstr("packets read before it: 1"));
    }
}

TEST_F(Pcap, StopEndsIt) {
    Buffer content = pcap_header(kLittle);
    for (int i = 0; i < 1'000; ++i) content = std::move(content) + pcap_record(kLittle, 1, 0, bytes(10));
    auto source = open_capture(folder_.write("test.pcap", content));
    ASSERT_TRUE(source.ok());
    std::span<const RawPacket> batch;
    ASSERT_EQ((*source)->read(batch), ReadStatus::kPackets);
    (*source)->stop();
    EXPECT_EQ((*source)->read(batch), ReadStatus::kEnd);
    EXPECT_EQ((*source)->damage(), nullptr);
}

}  // namespace
}  // namespace flowsift::capture
