#include "capture/inflate_stream.h"

#include <fmt/format.h>

#include <new>

namespace flowsift::capture {
namespace {

constexpr std::size_t kInputBlockBytes = 128 << 10;
constexpr int kGzipWindowBits = 16 + 15;  // zlib: "add 16 to decode only the gzip format".

}  // namespace

CompressedInput::CompressedInput(std::unique_ptr<ByteStream> file) : file_(std::move(file)), block_(kInputBlockBytes) {}

StreamStatus CompressedInput::refill() {
    if (begin_ < end_) return StreamStatus::kBytes;
    const StreamRead got = file_->read(block_);
    begin_ = 0;
    end_ = got.count;
    return got.status;
}

GzipStream::GzipStream(std::unique_ptr<ByteStream> file) : input_(std::move(file)) {
    if (inflateInit2(&inflater_, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
}

GzipStream::~GzipStream() {
    inflateEnd(&inflater_);
}

StreamRead GzipStream::read(std::span<std::uint8_t> block) {
    for (;;) {
        if (!error_.empty()) return {StreamStatus::kFailed};
        if (!has_pending_output_) {
            const StreamStatus status = input_.refill();
            if (status != StreamStatus::kBytes) return {at_input_end(status)};
        }
        std::size_t produced = 0;
        inflate_into(block, produced);
        if (produced > 0) return {StreamStatus::kBytes, produced};
    }
}

StreamStatus GzipStream::at_input_end(StreamStatus status) {
    if (status == StreamStatus::kFailed) error_ = input_.file().error();
    if (status == StreamStatus::kEnd && !between_members_) error_ = "the gzip data ends too early";
    return error_.empty() ? status : StreamStatus::kFailed;
}

void GzipStream::inflate_into(std::span<std::uint8_t> block, std::size_t& produced) {
    if (between_members_) inflateReset(&inflater_);
    between_members_ = false;
    const std::span<std::uint8_t> input = input_.bytes();
    inflater_.next_in = input.data();
    inflater_.avail_in = static_cast<uInt>(input.size());
    inflater_.next_out = block.data();
    inflater_.avail_out = static_cast<uInt>(block.size());
    const int code = inflate(&inflater_, Z_NO_FLUSH);
    input_.consume(input.size() - inflater_.avail_in);
    produced = block.size() - inflater_.avail_out;
    has_pending_output_ = inflater_.avail_out == 0 && code == Z_OK;
    if (code == Z_STREAM_END) {
        between_members_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        error_ = fmt::format("the gzip data is damaged ({})", inflater_.msg ? inflater_.msg : zError(code));
    }
}

ZstdStream::ZstdStream(std::unique_ptr<ByteStream> file) : input_(std::move(file)), context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
}

StreamRead ZstdStream::read(std::span<std::uint8_t> block) {
    for (;;) {
        if (!error_.empty()) return {StreamStatus::kFailed};
        if (!has_pending_output_) {
            const StreamStatus status = input_.refill();
            if (status == StreamStatus::kFailed) error_ = input_.file().error();
            if (status == StreamStatus::kEnd && !between_frames_) error_ = "the zstd data ends too early";
            if (status != StreamStatus::kBytes) return {error_.empty() ? status : StreamStatus::kFailed};
        }
        ZSTD_outBuffer output{block.data(), block.size(), 0};
        ZSTD_inBuffer input{input_.bytes().data(), input_.bytes().size(), 0};
        const std::size_t code = ZSTD_decompressStream(context_.get(), &output, &input);
        input_.consume(input.pos);
        between_frames_ = code == 0;
        // A full output block may leave decompressed bytes behind that need no further input.
        has_pending_output_ = !ZSTD_isError(code) && code != 0 && output.pos == output.size;
        if (ZSTD_isError(code)) error_ = fmt::format("the zstd data is damaged ({})", ZSTD_getErrorName(code));
        if (output.pos > 0) return {StreamStatus::kBytes, output.pos};
    }
}

}  // namespace flowsift::capture
