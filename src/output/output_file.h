// OutputFile: a large buffer before a file or standard output, filled row by row by one thread.
//
// Streams straight into the named file, because captures are long and people watch results grow. A failed write (disk
// full) never stops the caller: what follows is dropped and the first failure is told by finish().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace flowsift::output {

class OutputFile {
  public:
    static constexpr std::size_t kCapacity = std::size_t{1} << 17;

    /// Creates or truncates `path`; "-" is standard output.
    static base::Result<OutputFile> open(const std::string& path);

    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    OutputFile(const OutputFile&) = delete;
    ~OutputFile();  ///< Flushes; whoever wants to know of failures calls finish() first.

    /// Room for `bytes` (at most kCapacity), to be filled from the front and handed back by commit().
    char* reserve(std::size_t bytes);
    /// `end`: one past the last byte written into the room of the latest reserve().
    void commit(const char* end) { used_ = static_cast<std::size_t>(end - buffer_.get()); }

    void write(std::string_view text);

    /// Hands everything so far to the kernel.
    void flush();

    /// Flushes and closes; the first failure since open(). Safe to call again.
    base::Result<void> finish();

    int descriptor() const { return descriptor_; }

  private:
    OutputFile(std::string name, int descriptor);

    void put(const char* bytes, std::size_t count);
    void close();

    std::string name_;
    int descriptor_;
    std::unique_ptr<char[]> buffer_;
    std::size_t used_ = 0;
    std::uint64_t written_ = 0;  ///< Bytes that the kernel took.
    int failure_ = 0;            ///< errno of the first failure.
};

}  // namespace flowsift::output
