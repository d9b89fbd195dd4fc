#include "output/rotating_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace flowsift::output {

base::Result<std::unique_ptr<RotatingFile>> RotatingFile::open(const std::string& path, const Rotation& rotation) {
    std::unique_ptr<RotatingFile> file(new RotatingFile(path, rotation));
    if (!file->open_file(rotation.appends))
        return base::Error{fmt::format("cannot create {}: {}", path, std::strerror(file->failure_))};
    file->lines_.reserve(kCapacity);
    return file;
}

RotatingFile::~RotatingFile() {
    write_out();
    close();
}

bool RotatingFile::open_file(bool appends) {
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (appends ? 0 : O_TRUNC);
    descriptor_ = path_ == "-" ? STDOUT_FILENO : ::open(path_.c_str(), flags, 0666);
    if (descriptor_ < 0) {
        if (failure_ == 0) failure_ = errno;
        return false;
    }
    struct stat status {};
    const bool is_known = ::fstat(descriptor_, &status) == 0;
    is_regular_ = is_known && S_ISREG(status.st_mode) && descriptor_ != STDOUT_FILENO;
    file_bytes_ = is_regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
    begun_ = std::chrono::steady_clock::now();
    return true;
}

void RotatingFile::write_line(std::string_view line) {
    const std::uint64_t after = file_bytes_ + lines_.size() + line.size();
    const bool fits = rotation_.most_bytes == 0 || after <= rotation_.most_bytes;
    if (!fits || lines_.size() + line.size() > kCapacity) write_out();
    if (!fits && is_regular_ && file_bytes_ > 0) put_aside();
    lines_ += line;
}

void RotatingFile::flush() {
    write_out();
    const bool is_old =
        rotation_.most_age.count() > 0 && std::chrono::steady_clock::now() - begun_ >= rotation_.most_age;
    if (is_old && is_regular_ && file_bytes_ > 0) put_aside();
}

/// The lines are in the file afterwards, or lost.
void RotatingFile::write_out() {
    if (lines_.empty()) return;
    if (descriptor_ < 0) open_file(true);
    std::string_view rest = lines_;
    while (!rest.empty() && descriptor_ >= 0) {
        const ssize_t taken = ::write(descriptor_, rest.data(), rest.size());
        if (taken < 0 && errno == EINTR) continue;
        if (taken < 0) break;
        rest.remove_prefix(static_cast<std::size_t>(taken));
    }
    file_bytes_ += rest.empty() ? lines_.size() : lose(rest);
    lines_.clear();
}

/// `rest` of lines_ could not be written: the lines in it are lost, the begin of the first is cut off the file again.
/// Bytes of whole lines that were written.
std::size_t RotatingFile::lose(std::string_view rest) {
    if (failure_ == 0) failure_ = errno;
    std::size_t whole = lines_.size() - rest.size();
    while (whole > 0 && lines_[whole - 1] != '\n') --whole;
    const auto lost = std::count(lines_.begin() + static_cast<std::ptrdiff_t>(whole), lines_.end(), '\n');
    lost_lines_.fetch_add(static_cast<std::uint64_t>(lost), std::memory_order_relaxed);
    // Where the file cannot be cut, half a line stays in it; there is nothing more that could be done.
    if (is_regular_) static_cast<void>(::ftruncate(descriptor_, static_cast<off_t>(file_bytes_ + whole)) == 0);
    return whole;
}

/// FILE.9 becomes FILE.10, …, FILE becomes FILE.1. A name that cannot be changed is kept: the file goes on growing.
void RotatingFile::put_aside() {
    const auto aside = [this](int number) { return fmt::format("{}.{}", path_, number); };
    for (int number = rotation_.kept - 1; number >= 1; --number)
        std::rename(aside(number).c_str(), aside(number + 1).c_str());
    if (std::rename(path_.c_str(), aside(1).c_str()) != 0) return;
    close();
    open_file(true);
}

void RotatingFile::reopen() {
    write_out();
    if (!is_regular_) return;
    close();
    open_file(true);
}

void RotatingFile::close() {
    if (descriptor_ < 0) return;
    if (descriptor_ != STDOUT_FILENO && ::close(descriptor_) != 0 && failure_ == 0) failure_ = errno;
    descriptor_ = -1;
}

base::Result<void> RotatingFile::finish() {
    write_out();
    close();
    if (failure_ == 0) return {};
    return base::Error{fmt::format("cannot write {}: {}; {} lines are missing in it",
                                   path_ == "-" ? "standard output" : path_, std::strerror(failure_), lost_lines())};
}

}  // namespace flowsift::output
