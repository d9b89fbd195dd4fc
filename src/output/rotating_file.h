// RotatingFile: whole lines into a file that is put aside when it is large or old (FILE.1, FILE.2 …, the newest first),
// and that an outside program such as logrotate may move away. Called by one thread.
//
// A failed write (disk full) loses the lines that could not be written, counts them and cuts off a half-written one;
// the next flush() tries again, so writing resumes by itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace flowsift::output {

struct Rotation {
    std::uint64_t most_bytes = 0;          ///< Put aside before it gets longer; 0: whatever its size.
    std::chrono::milliseconds most_age{};  ///< Put aside when it was begun so long ago; 0: whatever its age.
    int kept = 10;                         ///< Files put aside that stay, at least 1; older ones are deleted.
    bool appends = false;                  ///< Goes on with a file that is there; else begins it anew.
};

class RotatingFile {
  public:
    static constexpr std::size_t kCapacity = std::size_t{1} << 17;  ///< Of the buffer, in bytes.

    /// `path`: "-" is standard output, which is never put aside; nor is what is no regular file.
    static base::Result<std::unique_ptr<RotatingFile>> open(const std::string& path, const Rotation& rotation = {});

    ~RotatingFile();
    RotatingFile(const RotatingFile&) = delete;
    RotatingFile& operator=(const RotatingFile&) = delete;

    /// `line`: with its newline.
    void write_line(std::string_view line);

    /// Hands everything so far to the kernel, and puts the file aside where it is old enough.
    void flush();

    /// Lets go of the open file and opens the path again, which makes a new one where the old was moved away.
    void reopen();

    /// Flushes and closes; an Error if any line was lost since open(). Safe to call again.
    base::Result<void> finish();

    /// Any thread.
    std::uint64_t lost_lines() const { return lost_lines_.load(std::memory_order_relaxed); }

  private:
    RotatingFile(std::string path, const Rotation& rotation) : path_(std::move(path)), rotation_(rotation) {}

    bool open_file(bool appends);
    void put_aside();
    void write_out();
    std::size_t lose(std::string_view rest);
    void close();

    std::string path_;
    Rotation rotation_;
    int descriptor_ = -1;
    bool is_regular_ = false;
    std::string lines_;             ///< Whole lines that wait to be written.
    std::uint64_t file_bytes_ = 0;  ///< Whole lines in the file.
    std::chrono::steady_clock::time_point begun_;
    int failure_ = 0;  ///< errno of the first failure.
    std::atomic<std::uint64_t> lost_lines_{0};
};

}  // namespace flowsift::output
