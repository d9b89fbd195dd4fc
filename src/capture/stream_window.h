// StreamWindow: a contiguous view of the next unread bytes of a ByteStream. Only fill() moves bytes, so that views into
// the window stay valid between two fills: that is what makes packets without copies possible.
//
// Owned by one FileSource; single-threaded.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "capture/byte_stream.h"

namespace flowsift::capture {

class StreamWindow {
  public:
    explicit StreamWindow(std::unique_ptr<ByteStream> stream);

    /// All unread bytes that are at hand.
    base::Bytes bytes() const { return {buffer_.get() + begin_, end_ - begin_}; }

    /// Goes on by `count` bytes; more than are at hand are skipped as they arrive.
    void consume(std::size_t count) {
        offset_ += count;
        if (count <= end_ - begin_) {
            begin_ += count;
        } else {
            skip_ += count - (end_ - begin_);
            begin_ = end_;
        }
    }

    /// Reads one more block; invalidates earlier views. `wanted` is how many bytes the caller needs to see at once: the
    /// window grows to that. The caller has checked it against a limit.
    StreamStatus fill(std::size_t wanted);

    /// Where bytes() begins in the uncompressed stream (after a skip beyond the window: where the skip leads).
    std::uint64_t offset() const { return offset_; }
    /// Bytes consumed that have not arrived yet.
    std::uint64_t pending_skip() const { return skip_; }
    const ByteStream& stream() const { return *stream_; }

  private:
    void make_room(std::size_t wanted);

    std::unique_ptr<ByteStream> stream_;
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t skip_ = 0;
};

}  // namespace flowsift::capture
