#include "capture/stream_window.h"

#include <algorithm>
#include <cstring>

namespace flowsift::capture {
namespace {

/// Small enough for the L2 cache, large enough that a system call per block costs nothing.
constexpr std::size_t kBlockBytes = 256 << 10;

}  // namespace

StreamWindow::StreamWindow(std::unique_ptr<ByteStream> stream)
    : stream_(std::move(stream)),
      buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(kBlockBytes)),
      capacity_(kBlockBytes) {}

StreamStatus StreamWindow::fill(std::size_t wanted) {
    make_room(wanted);
    const StreamRead got = stream_->read({buffer_.get() + end_, capacity_ - end_});
    end_ += got.count;
    const std::size_t skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, end_ - begin_));
    begin_ += skipped;
    skip_ -= skipped;
    return got.status;
}

void StreamWindow::make_room(std::size_t wanted) {
    const std::size_t unread = end_ - begin_;
    if (wanted >= capacity_) {
        capacity_ = wanted + kBlockBytes;
        auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity_);
        std::memcpy(larger.get(), buffer_.get() + begin_, unread);
        buffer_ = std::move(larger);
    } else {
        std::memmove(buffer_.get(), buffer_.get() + begin_, unread);
    }
    begin_ = 0;
    end_ = unread;
}

}  // namespace flowsift::capture
