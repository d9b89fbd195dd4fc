// Capture files for tests, built field by field in either byte order, and a reader that keeps what a source hands out.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "capture/capture_file.h"

namespace flowsift::capture::test {

using Buffer = std::vector<std::uint8_t>;

inline Buffer operator+(Buffer front, const Buffer& back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
}

inline Buffer bytes(std::size_t count, std::uint8_t value = 0x5a) {
    return Buffer(count, value);
}

/// Writes numbers in one byte order.
struct Order {
    bool is_big = false;

    Buffer number(std::uint64_t value, int size) const {
        Buffer result;
        for (int i = 0; i < size; ++i)
            result.push_back(static_cast<std::uint8_t>(value >> 8 * (is_big ? size - 1 - i : i)));
        return result;
    }
    Buffer u16(std::uint64_t value) const { return number(value, 2); }
    Buffer u32(std::uint64_t value) const { return number(value, 4); }
    Buffer u64(std::uint64_t value) const { return number(value, 8); }
};
inline constexpr Order kLittle{false};
inline constexpr Order kBig{true};

inline Buffer pcap_header(Order order, std::uint32_t magic = 0xa1b2c3d4, std::uint32_t link_type = 1) {
    return order.u32(magic) + order.u16(2) + order.u16(4) + order.u32(0) + order.u32(0) + order.u32(65'535) +
           order.u32(link_type);
}
inline Buffer pcap_record(Order order, std::uint32_t seconds, std::uint32_t fraction, const Buffer& packet,
                          std::uint32_t original_length = 0) {
    const auto size = static_cast<std::uint32_t>(packet.size());
    return order.u32(seconds) + order.u32(fraction) + order.u32(size) +
           order.u32(original_length ? original_length : size) + packet;
}

/// `body` is padded to four bytes.
inline Buffer block(Order order, std::uint32_t type, Buffer body) {
    body.resize((body.size() + 3) & ~std::size_t{3});
    const Buffer length = order.u32(body.size() + 12);
    return order.u32(type) + length + body + length;
}
inline Buffer section(Order order) {
    return block(order, 0x0a0d0d0a, order.u32(0x1a2b3c4d) + order.u16(1) + order.u16(0) + order.u64(~std::uint64_t{0}));
}
inline Buffer interface(Order order, std::uint16_t link_type = 1, const Buffer& options = {}, std::uint32_t snap = 0) {
    return block(order, 1, order.u16(link_type) + order.u16(0) + order.u32(snap) + options);
}
inline Buffer option(Order order, std::uint16_t code, Buffer value) {
    const Buffer head = order.u16(code) + order.u16(value.size());
    value.resize((value.size() + 3) & ~std::size_t{3});
    return head + value;
}
inline Buffer resolution(Order order, std::uint8_t value) {
    return option(order, 9, {value});
}
inline Buffer enhanced_packet(Order order, std::uint32_t interface, std::uint64_t units, const Buffer& packet,
                              std::uint32_t original_length = 0) {
    const auto size = static_cast<std::uint32_t>(packet.size());
    return block(order, 6,
                 order.u32(interface) + order.u32(units >> 32) + order.u32(units & 0xffffffff) + order.u32(size) +
                     order.u32(original_length ? original_length : size) + packet);
}

/// A folder that goes away with the test.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "flowsift-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) std::abort();
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string file(const std::string& name) const { return (path_ / name).string(); }
    std::string write(const std::string& name, const Buffer& content) const {
        std::ofstream(file(name), std::ios::binary)
            .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
        return file(name);
    }

  private:
    std::filesystem::path path_;
};

/// A RawPacket that owns its bytes.
struct KeptPacket {
    base::Nanoseconds timestamp = 0;
    Buffer bytes;
    std::uint32_t original_length = 0;
    LinkType link_type = LinkType::kEthernet;

    bool operator==(const KeptPacket&) const = default;
};

struct Contents {
    std::vector<KeptPacket> packets;
    std::string error;   ///< Of open_capture().
    std::string damage;  ///< Of the source.
    SourceStatistics statistics;
};

inline Contents read_all(PacketSource& source) {
    Contents contents;
    std::span<const RawPacket> batch;
    for (ReadStatus status = source.read(batch); status != ReadStatus::kEnd; status = source.read(batch)) {
        EXPECT_EQ(status == ReadStatus::kPackets, !batch.empty());
        for (const RawPacket& packet : batch)
            contents.packets.push_back({packet.timestamp, Buffer(packet.bytes.begin(), packet.bytes.end()),
                                        packet.original_length, packet.link_type});
    }
    EXPECT_TRUE(batch.empty());
    EXPECT_EQ(source.read(batch), ReadStatus::kEnd) << "the end is the end";
    if (source.damage()) contents.damage = source.damage()->message;
    contents.statistics = source.statistics();
    EXPECT_EQ(contents.statistics.received, contents.packets.size());
    return contents;
}

inline Contents read_file(const std::string& path, const std::string& filter = {}) {
    auto source = open_capture(path, filter);
    if (source) return read_all(**source);
    Contents contents;
    contents.error = source.error().message;
    return contents;
}

}  // namespace flowsift::capture::test
