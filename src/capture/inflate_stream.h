// GzipStream and ZstdStream: decompression of a FileStream, block by block. Concatenated gzip members and zstd frames
// read as one stream. What was decompressed before a damage is handed out before the damage is told.
#pragma once

#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <vector>

#include "capture/byte_stream.h"

namespace flowsift::capture {

/// The compressed side: a block of input and how much of it is used up.
class CompressedInput {
  public:
    explicit CompressedInput(std::unique_ptr<ByteStream> file);

    /// Reads a block if the last one is used up. kBytes if any byte is at hand.
    StreamStatus refill();
    std::span<std::uint8_t> bytes() { return std::span(block_).subspan(begin_, end_ - begin_); }
    void consume(std::size_t count) { begin_ += count; }
    const ByteStream& file() const { return *file_; }

  private:
    std::unique_ptr<ByteStream> file_;
    std::vector<std::uint8_t> block_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class GzipStream final : public ByteStream {
  public:
    explicit GzipStream(std::unique_ptr<ByteStream> file);
    ~GzipStream() override;
    GzipStream(const GzipStream&) = delete;
    GzipStream& operator=(const GzipStream&) = delete;

    StreamRead read(std::span<std::uint8_t> block) override;
    const std::string& error() const override { return error_; }
    std::uint64_t file_bytes_read() const override { return input_.file().file_bytes_read(); }
    std::uint64_t file_bytes_total() const override { return input_.file().file_bytes_total(); }
    bool is_compressed() const override { return true; }

  private:
    StreamStatus at_input_end(StreamStatus status);
    void inflate_into(std::span<std::uint8_t> block, std::size_t& produced);

    CompressedInput input_;
    z_stream inflater_{};
    bool between_members_ = false;
    bool has_pending_output_ = false;
    std::string error_;
};

class ZstdStream final : public ByteStream {
  public:
    explicit ZstdStream(std::unique_ptr<ByteStream> file);

    StreamRead read(std::span<std::uint8_t> block) override;
    const std::string& error() const override { return error_; }
    std::uint64_t file_bytes_read() const override { return input_.file().file_bytes_read(); }
    std::uint64_t file_bytes_total() const override { return input_.file().file_bytes_total(); }
    bool is_compressed() const override { return true; }

  private:
    struct FreeContext {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };

    CompressedInput input_;
    std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
    bool between_frames_ = true;
    bool has_pending_output_ = false;
    std::string error_;
};

}  // namespace flowsift::capture
