// CaptureWriter: what it keeps is what the reader gives back; failures are told once and leave a readable file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/capture_writer.h"
#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;

RawPacket packet_of(const Buffer& content, base::Nanoseconds time, LinkType link_type = LinkType::kLinuxCooked) {
    return {time, content, static_cast<std::uint32_t>(content.size() + 5), link_type};
}

class Writer : public ::testing::Test {
  protected:
    base::Result<CaptureWriter> create() { return CaptureWriter::create(path_); }
    TemporaryFolder folder_;
    std::string path_ = folder_.file("out.pcap");
};

TEST_F(Writer, RoundTrip) {
    auto writer = create();
    ASSERT_TRUE(writer.ok());
    std::vector<KeptPacket> expected;
    for (std::uint32_t i = 0; i < 2'000; ++i) {
        expected.push_back({1'600'000'000'123'456'789 + i, bytes(i % 1500, static_cast<std::uint8_t>(i)), i % 1500 + 5,
                            LinkType::kLinuxCooked});
        EXPECT_TRUE(writer->write(packet_of(expected.back().bytes, expected.back().timestamp)));
    }
    EXPECT_TRUE(writer->finish().ok());
    EXPECT_EQ(writer->packets_written(), 2'000U);
    const Contents contents = read_file(path_);
    EXPECT_EQ(contents.packets, expected);
    EXPECT_EQ(contents.damage, "");
}

TEST_F(Writer, WithoutPacketsItIsACaptureAllTheSame) {
    EXPECT_TRUE(create()->finish().ok());
    const Contents contents = read_file(path_);
    EXPECT_EQ(contents.error + contents.damage, "");
}

TEST_F(Writer, RefusesWhatThePcapFormatCannotHold) {
    auto writer = create();
    EXPECT_TRUE(writer->write(packet_of(bytes(10), 1)));
    EXPECT_FALSE(writer->write(packet_of(bytes(10), 2, LinkType::kEthernet)));
    EXPECT_FALSE(writer->write(packet_of(bytes(10), -1)));
    EXPECT_FALSE(writer->write(packet_of(bytes(10), 4'294'967'296 * base::kSecond)));
    EXPECT_TRUE(writer->write(packet_of(bytes(10), 4'294'967'295 * base::kSecond)));
    const auto finished = writer->finish();
    ASSERT_FALSE(finished.ok());
    EXPECT_THAT(finished.error().message, AllOf(HasSubstr("LINUX_SLL (113)"), HasSubstr("EN10MB (1)"),
                                                HasSubstr("2 packets written, 3 missing")));
    EXPECT_TRUE(writer->finish().ok()) << "told once";
    EXPECT_EQ(read_file(path_).packets.size(), 2U);
}

TEST_F(Writer, FlushMakesWholeRecordsVisible) {
    auto writer = create();
    EXPECT_TRUE(writer->write(packet_of(bytes(10), 1)));
    writer->flush();
    const Contents contents = read_file(path_);
    EXPECT_EQ(contents.packets.size(), 1U);
    EXPECT_EQ(contents.damage, "");
    EXPECT_TRUE(writer->finish().ok());
}

TEST_F(Writer, AFullDiskIsToldOnceAtTheEnd) {
    auto writer = CaptureWriter::create("/dev/full");
    ASSERT_TRUE(writer.ok());
    for (int i = 0; i < 1'000; ++i) writer->write(packet_of(bytes(1'000), i));
    EXPECT_EQ(writer->packets_written() + writer->packets_refused(), 1'000U);
    const auto finished = writer->finish();
    ASSERT_FALSE(finished.ok());
    EXPECT_THAT(finished.error().message, AllOf(HasSubstr("/dev/full"), HasSubstr("No space left"),
                                                HasSubstr("0 packets written, 1000 missing")));
}

TEST_F(Writer, AnUnwritablePathIsAnError) {
    const auto writer = CaptureWriter::create(folder_.file("no/such/folder.pcap"));
    ASSERT_FALSE(writer.ok());
    EXPECT_THAT(writer.error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace flowsift::capture
