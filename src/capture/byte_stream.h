// ByteStream: the uncompressed bytes of a capture file or of standard input, in order, a block at a time.
//
// Plain, gzip or zstd is told by content, not by name. Memory is bounded: one block of input and the decompressor's
// window (zstd frames that want more than 128 MiB are refused). Owned by one StreamWindow; single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace flowsift::capture {

enum class StreamStatus {
    kBytes,   ///< At least one byte was read.
    kIdle,    ///< A pipe had nothing for about 100 ms.
    kEnd,     ///< The stream ended where it should.
    kFailed,  ///< Ask error().
};

struct StreamRead {
    StreamStatus status = StreamStatus::kEnd;
    std::size_t count = 0;  ///< Bytes written to the caller's block; 0 unless kBytes.
};

class ByteStream {
  public:
    virtual ~ByteStream() = default;

    /// Precondition: `block` is not empty. kEnd and kFailed stay once returned.
    virtual StreamRead read(std::span<std::uint8_t> block) = 0;

    /// After kFailed: what was wrong, as the end of a sentence ("the gzip data ends too early").
    virtual const std::string& error() const = 0;

    virtual std::uint64_t file_bytes_read() const = 0;   ///< Of the file as it lies on disk.
    virtual std::uint64_t file_bytes_total() const = 0;  ///< 0 = unknown (pipe).
    virtual bool is_compressed() const { return false; }
};

/// Opens `path` ("-" = standard input) and looks at its first bytes, for which it waits if they come by pipe.
base::Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path);

}  // namespace flowsift::capture
