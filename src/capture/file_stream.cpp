#include "capture/file_stream.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace flowsift::capture {
namespace {

constexpr int kIdleMilliseconds = 100;

}  // namespace

FileStream::FileStream(int descriptor) : descriptor_(descriptor) {
    struct stat status {};
    const bool is_regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    can_block_ = !is_regular;
    if (is_regular) bytes_total_ = static_cast<std::uint64_t>(status.st_size);
}

FileStream::~FileStream() {
    close(descriptor_);
}

base::Bytes FileStream::peek(std::size_t count) {
    while (peeked_.size() < count) {
        std::uint8_t block[64];
        const StreamRead got = read_descriptor(std::span(block).first(std::min(sizeof block, count - peeked_.size())));
        if (got.status == StreamStatus::kIdle) continue;
        if (got.status != StreamStatus::kBytes) break;
        peeked_.insert(peeked_.end(), block, block + got.count);
    }
    return peeked_;
}

StreamRead FileStream::read(std::span<std::uint8_t> block) {
    if (peeked_.empty()) return read_descriptor(block);
    const std::size_t count = std::min(block.size(), peeked_.size());
    std::copy_n(peeked_.begin(), count, block.begin());
    peeked_.erase(peeked_.begin(), peeked_.begin() + static_cast<std::ptrdiff_t>(count));
    return {StreamStatus::kBytes, count};
}

StreamRead FileStream::read_descriptor(std::span<std::uint8_t> block) {
    if (!error_.empty()) return {StreamStatus::kFailed};
    if (can_block_) {
        pollfd waiting{descriptor_, POLLIN, 0};
        const int ready = poll(&waiting, 1, kIdleMilliseconds);
        if (ready == 0 || (ready < 0 && errno == EINTR)) return {StreamStatus::kIdle};
    }
    const ssize_t count = ::read(descriptor_, block.data(), block.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {StreamStatus::kIdle};
    if (count < 0) {
        error_ = fmt::format("reading failed: {}", std::strerror(errno));
        return {StreamStatus::kFailed};
    }
    if (count == 0) return {StreamStatus::kEnd};
    bytes_read_ += static_cast<std::uint64_t>(count);
    return {StreamStatus::kBytes, static_cast<std::size_t>(count)};
}

}  // namespace flowsift::capture
