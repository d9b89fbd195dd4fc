// What open_capture() accepts by content, whatever its name: compression, pipes, foreign files, filters.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include <thread>

#include "capture_builder.h"

namespace flowsift::capture {
namespace {

using namespace test;
using ::testing::AllOf;
using ::testing::HasSubstr;

Buffer gzip(const Buffer& content) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    Buffer result(deflateBound(&stream, content.size()));
    stream.next_in = const_cast<Bytef*>(content.data());
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = result.data();
    stream.avail_out = static_cast<uInt>(result.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

Buffer zstd(const Buffer& content) {
    Buffer result(ZSTD_compressBound(content.size()));
    result.resize(ZSTD_compress(result.data(), result.size(), content.data(), content.size(), 3));
    return result;
}

/// Random bytes, so that compression does not make it small: several blocks of input and output.
Buffer large_capture() {
    std::uint32_t state = 1;
    Buffer content = pcap_header(kLittle);
    for (std::uint32_t i = 0; i < 4'000; ++i) {
        Buffer packet(200 + i % 100);
        for (auto& byte : packet) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
        const Buffer record = pcap_record(kLittle, i, 0, packet);
        content.insert(content.end(), record.begin(), record.end());
    }
    return content;
}

class Open : public ::testing::Test {
  protected:
    Contents read(const Buffer& content) { return read_file(folder_.write("some.file", content)); }
    TemporaryFolder folder_;
};

TEST_F(Open, CompressedEqualsPlain) {
    const Buffer plain = large_capture();
    const Contents expected = read(plain);
    ASSERT_EQ(expected.packets.size(), 4'000U);
    const auto half = static_cast<std::ptrdiff_t>(plain.size() / 2);
    const Buffer front(plain.begin(), plain.begin() + half);
    const Buffer back(plain.begin() + half, plain.end());
    const Buffer skippable_frame = kLittle.u32(0x184d2a57) + kLittle.u32(3) + bytes(3);
    for (const Buffer& compressed : {gzip(plain), zstd(plain), gzip(front) + gzip(back), zstd(front) + zstd(back),
                                     skippable_frame + zstd(plain), gzip({}) + gzip(plain)}) {
        const Contents contents = read(compressed);
        EXPECT_EQ(contents.error + contents.damage, "");
        EXPECT_EQ(contents.packets, expected.packets);
        EXPECT_EQ(contents.statistics.bytes_read, compressed.size());
    }
}

TEST_F(Open, CompressedFilesThatEndTooEarlyGiveWhatTheyHold) {
    const Buffer plain = large_capture();
    const Contents expected = read(plain);
    for (Buffer compressed : {gzip(plain), zstd(plain)}) {
        compressed.resize(compressed.size() / 2);
        const Contents contents = read(compressed);
        EXPECT_THAT(contents.damage, AllOf(HasSubstr("ends too early"), HasSubstr("of the uncompressed data")));
        ASSERT_GT(contents.packets.size(), 1'000U);
        ASSERT_LT(contents.packets.size(), 4'000U);
        for (std::size_t i = 0; i < contents.packets.size(); ++i) ASSERT_EQ(contents.packets[i], expected.packets[i]);
    }
}

TEST_F(Open, DamagedCompressionIsNamed) {
    Buffer wrong_checksum = gzip(large_capture());
    wrong_checksum[wrong_checksum.size() - 6] ^= 1;
    EXPECT_THAT(read(wrong_checksum).damage, HasSubstr("gzip data is damaged"));
    EXPECT_EQ(read(wrong_checksum).packets.size(), 4'000U);
    EXPECT_THAT(read(zstd(large_capture()) + bytes(50)).damage, HasSubstr("zstd data is damaged"));
    EXPECT_THAT(read(zstd(bytes(100))).error, HasSubstr("not a capture"));
}

TEST_F(Open, ForeignFilesAreDescribed) {
    const auto error_of = [&](const std::string& text) { return read(Buffer(text.begin(), text.end())).error; };
    EXPECT_THAT(error_of(""), AllOf(HasSubstr("0 bytes"), HasSubstr("pcap and pcapng are accepted")));
    EXPECT_THAT(error_of("PK\x03\x04 and so on, long enough for a header"), HasSubstr("zip archive"));
    EXPECT_THAT(error_of("Flow ID,Src IP,Src Port,Dst IP\n"), AllOf(HasSubstr("but text"), HasSubstr("accepted")));
    EXPECT_THAT(error_of("BZh91AY"), HasSubstr("bzip2 -dc"));
    EXPECT_THAT(error_of(std::string("snoop\0\0\0\0\0\0\2", 12)), HasSubstr("editcap"));
    EXPECT_THAT(error_of("\x80\x81\x82"), HasSubstr("unknown data"));
    EXPECT_THAT(read_file(folder_.file("none.pcap")).error, AllOf(HasSubstr("none.pcap"), HasSubstr("No such file")));
    EXPECT_THAT(read_file(folder_.file("")).error, HasSubstr("folder"));
}

TEST_F(Open, PipesAreReadAsTheyComeAndIdleMeanwhile) {
    const std::string path = folder_.file("pipe");
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    const Buffer record = pcap_record(kLittle, 1, 0, bytes(100));
    const Buffer head = pcap_header(kLittle) + record;
    std::atomic<bool> may_finish{false};
    std::thread writer([&] {
        const int pipe = open(path.c_str(), O_WRONLY);
        EXPECT_EQ(::write(pipe, head.data(), head.size()), static_cast<ssize_t>(head.size()));
        while (!may_finish) std::this_thread::yield();
        EXPECT_EQ(::write(pipe, record.data(), record.size()), static_cast<ssize_t>(record.size()));
        close(pipe);
    });
    auto source = open_capture(path);
    EXPECT_TRUE(source.ok());
    std::span<const RawPacket> batch;
    std::vector<ReadStatus> seen;
    while (source.ok() && (seen.empty() || seen.back() != ReadStatus::kEnd)) {
        seen.push_back((*source)->read(batch));
        if (seen.back() == ReadStatus::kIdle) may_finish = true;
        if (seen.size() > 100) may_finish = true;
    }
    may_finish = true;
    writer.join();
    EXPECT_EQ(std::count(seen.begin(), seen.end(), ReadStatus::kPackets), 2);
    EXPECT_GE(std::count(seen.begin(), seen.end(), ReadStatus::kIdle), 1);
    EXPECT_EQ((*source)->statistics().bytes_total, 0U);
}

/// IPv4 over Ethernet from 10.0.0.1 to 10.0.0.2 by `protocol`, ports 1000 and `port`.
Buffer frame(std::uint8_t protocol, std::uint8_t port) {
    return bytes(12, 2) + Buffer{8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2} +
           Buffer{3, 0xe8, 0, port} + bytes(16, 0);
}

TEST_F(Open, FilterChoosesPacketsAndCountsTheOthers) {
    Buffer content = pcap_header(kLittle);
    for (std::uint8_t i = 0; i < 100; ++i) content = content + pcap_record(kLittle, i, 0, frame(i % 2 ? 6 : 17, 80));
    const std::string path = folder_.write("test.pcap", content);
    const Contents contents = read_file(path, "tcp port 80");
    ASSERT_EQ(contents.packets.size(), 50U);
    EXPECT_EQ(contents.packets[3].timestamp, 7 * base::kSecond);
    EXPECT_EQ(contents.statistics.filtered, 50U);
    EXPECT_EQ(read_file(path, "udp port 81").statistics.filtered, 100U);

    auto bad = open_capture(path, "tcp prot 80");
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().kind, base::ErrorKind::kUsage);
    EXPECT_THAT(bad.error().message, HasSubstr("tcp prot 80"));
}

TEST_F(Open, FilterWorksPerLinkTypeOrEndsTheFile) {
    const Buffer ethernet = frame(6, 80);
    const Buffer raw(ethernet.begin() + 14, ethernet.end());
    const std::string path = folder_.write(
        "test.pcapng", section(kLittle) + interface(kLittle, 1) + interface(kLittle, 101) +
                           enhanced_packet(kLittle, 0, 1, ethernet) + enhanced_packet(kLittle, 1, 2, raw));
    EXPECT_EQ(read_file(path, "tcp").packets.size(), 2U);
    EXPECT_EQ(read_file(path, "udp").packets.size(), 0U);
    const Contents contents = read_file(path, "ether host 02:02:02:02:02:02");
    EXPECT_EQ(contents.packets.size(), 1U);
    EXPECT_THAT(contents.damage, AllOf(HasSubstr("ether host"), HasSubstr("RAW (101)")));
}

}  // namespace
}  // namespace flowsift::capture
