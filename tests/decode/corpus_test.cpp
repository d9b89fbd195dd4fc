// Real captures (FLOWSIFT_DATA): our reader against libpcap's, packet for packet, and the decoder's sums.
//
// The archive is read by our own zstd stream; every fourteenth of its 4,372 captures is tried, which takes seconds.
#include "tests/capture/corpus.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "capture/capture_file.h"
#include "capture/link_type.h"
#include "decode/decoder.h"

namespace flowsift::decode {
namespace {

using Buffer = std::vector<std::uint8_t>;
constexpr std::size_t kEvery = 14;

struct Seen {
    base::Nanoseconds time = 0;
    std::uint32_t original_length = 0;
    capture::LinkType link_type = capture::LinkType::kEthernet;
    Buffer bytes;
};

struct LibpcapContents {
    bool is_complete = false;  ///< libpcap reached the end without an error.
    std::size_t snap_length = 0;
    std::vector<Seen> packets;
};

LibpcapContents read_with_libpcap(const std::string& path) {
    LibpcapContents contents;
    char message[PCAP_ERRBUF_SIZE] = "";
    const std::unique_ptr<pcap_t, void (*)(pcap_t*)> handle(
        pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, message), [](pcap_t* opened) {
            if (opened) pcap_close(opened);
        });
    if (!handle) return contents;
    contents.snap_length = static_cast<std::size_t>(pcap_snapshot(handle.get()));
    const auto link_type = capture::link_type_from_number(static_cast<std::uint32_t>(pcap_datalink(handle.get())));
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    int code = 0;
    while ((code = pcap_next_ex(handle.get(), &header, &bytes)) == 1) {
        // libpcap reads 32 unsigned bits as signed: times after 2038 and absurd fractions differ from ours on purpose.
        const bool is_sane = header->ts.tv_sec >= 0 && header->ts.tv_sec < 1LL << 31 && header->ts.tv_usec >= 0 &&
                             header->ts.tv_usec < base::kSecond;
        const base::Nanoseconds time = header->ts.tv_sec * base::kSecond + header->ts.tv_usec;
        contents.packets.push_back(
            {is_sane ? time : -1, header->len, link_type, Buffer(bytes, bytes + header->caplen)});
    }
    contents.is_complete = code == PCAP_ERROR_BREAK;
    return contents;
}

/// libpcap numbers some link types otherwise than files do, none of which the decoder reads.
bool is_decoded(capture::LinkType link_type) {
    static Decoder decoder;
    Packet packet;
    capture::RawPacket raw;
    raw.link_type = link_type;
    return decoder.decode(raw, packet) != Outcome::kUnsupportedLinkType;
}

class Corpus : public ::testing::Test {
  protected:
    void SetUp() override {
        const char* data = std::getenv("FLOWSIFT_DATA");
        if (data == nullptr) GTEST_SKIP() << "FLOWSIFT_DATA is not set";
        archive_ = std::string(data) + "/corpus/captures.tar.zst";
        std::string pattern = (std::filesystem::temp_directory_path() / "flowsift-XXXXXX").string();
        const int descriptor = mkstemp(pattern.data());
        ASSERT_GE(descriptor, 0);
        close(descriptor);
        file_ = pattern;
    }
    void TearDown() override {
        std::error_code ignored;
        if (!file_.empty()) std::filesystem::remove(file_, ignored);
    }

    void compare(const std::string& name, const Buffer& content) {
        SCOPED_TRACE(name);
        std::ofstream(file_, std::ios::binary)
            .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
        const LibpcapContents theirs = read_with_libpcap(file_);
        std::vector<Seen> ours;
        const std::string damage = read_ourselves(ours);
        if (!theirs.is_complete) return;
        ++compared_;
        EXPECT_EQ(damage, "");
        ASSERT_EQ(ours.size(), theirs.packets.size());
        for (std::size_t i = 0; i < ours.size(); ++i) {
            const Seen& expected = theirs.packets[i];
            // libpcap cuts packets at the snap length of the file header; we give what the record holds.
            if (expected.bytes.size() == theirs.snap_length) ours[i].bytes.resize(theirs.snap_length);
            ASSERT_EQ(ours[i].bytes, expected.bytes) << i;
            ASSERT_EQ(ours[i].original_length, expected.original_length) << i;
            if (is_decoded(ours[i].link_type) || is_decoded(expected.link_type)) {
                ASSERT_EQ(ours[i].link_type, expected.link_type) << i;
            }
            if (expected.time >= 0) {
                ASSERT_EQ(ours[i].time, expected.time) << i;
            }
        }
    }

    /// Returns what was wrong with the file.
    std::string read_ourselves(std::vector<Seen>& seen) {
        auto source = capture::open_capture(file_);
        if (!source) return source.error().message;
        Decoder decoder;
        Packet packet;
        std::span<const capture::RawPacket> batch;
        while ((*source)->read(batch) == capture::ReadStatus::kPackets) {
            for (const capture::RawPacket& raw : batch) {
                seen.push_back(
                    {raw.timestamp, raw.original_length, raw.link_type, Buffer(raw.bytes.begin(), raw.bytes.end())});
                decoder.decode(raw, packet);
            }
        }
        EXPECT_EQ(decoder.counters().frames_in(), seen.size());
        return (*source)->damage() ? (*source)->damage()->message : "";
    }

    std::string archive_;
    std::string file_;
    std::size_t compared_ = 0;
};

TEST_F(Corpus, ReadsWhatLibpcapReads) {
    auto tar = capture::open_byte_stream(archive_);
    ASSERT_TRUE(tar.ok()) << tar.error().message;
    std::size_t seen = 0;
    const std::size_t files = capture::test::for_each_file(**tar, [&](const std::string& name, const Buffer& content) {
        if (seen++ % kEvery == 0) compare(name, content);
    });
    EXPECT_EQ(files, 4'372U);
    EXPECT_GT(compared_, 250U);
}

}  // namespace
}  // namespace flowsift::decode
