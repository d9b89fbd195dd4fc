// FileStream: the bytes of a file descriptor, with a look ahead at the first few. Plain read(), not mmap: a file that
// is cut while it is mapped kills the process, and blocks that stay in the L2 cache were faster when measured (a page
// fault costs more than copying its page).
#pragma once

#include <vector>

#include "base/bytes.h"
#include "capture/byte_stream.h"

namespace flowsift::capture {

class FileStream final : public ByteStream {
  public:
    /// Takes over `descriptor`.
    explicit FileStream(int descriptor);
    ~FileStream() override;
    FileStream(const FileStream&) = delete;
    FileStream& operator=(const FileStream&) = delete;

    /// The first `count` bytes without taking them, or fewer at the end of the file. Waits for them. Call before
    /// read().
    base::Bytes peek(std::size_t count);

    StreamRead read(std::span<std::uint8_t> block) override;
    const std::string& error() const override { return error_; }
    std::uint64_t file_bytes_read() const override { return bytes_read_; }
    std::uint64_t file_bytes_total() const override { return bytes_total_; }

  private:
    StreamRead read_descriptor(std::span<std::uint8_t> block);

    int descriptor_;
    bool can_block_ = false;  ///< A pipe, socket or terminal.
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_total_ = 0;
    std::vector<std::uint8_t> peeked_;
    std::string error_;
};

}  // namespace flowsift::capture
