// The corpus of real captures (FLOWSIFT_DATA): a tar archive under zstd, read file by file through our own zstd stream.
#pragma once

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "capture/byte_stream.h"

namespace flowsift::capture::test {

namespace tar {

/// Exactly `size` bytes, or fewer at the end.
inline std::vector<std::uint8_t> read_exactly(ByteStream& stream, std::size_t size) {
    std::vector<std::uint8_t> content(size);
    std::size_t done = 0;
    while (done < size) {
        const StreamRead got = stream.read(std::span(content).subspan(done));
        if (got.status != StreamStatus::kBytes) break;
        done += got.count;
    }
    content.resize(done);
    return content;
}

}  // namespace tar

using VisitFile = std::function<void(const std::string& name, const std::vector<std::uint8_t>& content)>;

/// Calls `visit` for every regular file of a tar archive (POSIX ustar). Returns how many there were.
inline std::size_t for_each_file(ByteStream& archive, const VisitFile& visit) {
    constexpr std::size_t kBlock = 512;
    for (std::size_t files = 0;;) {
        const auto header = tar::read_exactly(archive, kBlock);
        if (header.size() < kBlock || header[0] == 0) return files;
        const std::string name(reinterpret_cast<const char*>(header.data()));
        const std::size_t size = std::strtoull(reinterpret_cast<const char*>(header.data()) + 124, nullptr, 8);
        auto content = tar::read_exactly(archive, (size + kBlock - 1) / kBlock * kBlock);
        content.resize(size);
        if (header[156] != '0' && header[156] != 0) continue;
        visit(name, content);
        ++files;
    }
}

}  // namespace flowsift::capture::test
