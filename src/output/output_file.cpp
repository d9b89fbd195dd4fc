#include "output/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace flowsift::output {

base::Result<OutputFile> OutputFile::open(const std::string& path) {
    if (path == "-") return OutputFile("standard output", STDOUT_FILENO);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return base::Error{fmt::format("cannot create {}: {}", path, std::strerror(errno))};
    return OutputFile(path, descriptor);
}

OutputFile::OutputFile(std::string name, int descriptor)
    : name_(std::move(name)), descriptor_(descriptor), buffer_(std::make_unique_for_overwrite<char[]>(kCapacity)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      used_(std::exchange(other.used_, 0)),
      written_(other.written_),
      failure_(other.failure_) {}

OutputFile::~OutputFile() {
    flush();
    close();
}

char* OutputFile::reserve(std::size_t bytes) {
    if (used_ + bytes > kCapacity) flush();
    return buffer_.get() + used_;
}

void OutputFile::write(std::string_view text) {
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, kCapacity);
        char* room = reserve(piece.size());
        std::copy(piece.begin(), piece.end(), room);
        commit(room + piece.size());
        text.remove_prefix(piece.size());
    }
}

void OutputFile::flush() {
    put(buffer_.get(), std::exchange(used_, 0));
}

void OutputFile::put(const char* bytes, std::size_t count) {
    while (count > 0 && failure_ == 0) {
        const ssize_t taken = ::write(descriptor_, bytes, count);
        if (taken < 0 && errno == EINTR) continue;
        if (taken < 0) {
            failure_ = errno;
            return;
        }
        bytes += taken;
        count -= static_cast<std::size_t>(taken);
        written_ += static_cast<std::uint64_t>(taken);
    }
}

void OutputFile::close() {
    if (descriptor_ < 0) return;
    if (descriptor_ != STDOUT_FILENO && ::close(descriptor_) != 0 && failure_ == 0) failure_ = errno;
    descriptor_ = -1;
}

base::Result<void> OutputFile::finish() {
    flush();
    close();
    if (failure_ == 0) return {};
    return base::Error{fmt::format("cannot write {}: {}; it ends after {} bytes and is incomplete", name_,
                                   std::strerror(failure_), written_)};
}

}  // namespace flowsift::output
