#include "model/file_io.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace flowsift::model {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

class Descriptor {
  public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }
    bool close() { return !is_open() || ::close(std::exchange(descriptor_, -1)) == 0; }

  private:
    int descriptor_;
};

/// From errno.
Error failure(const std::string& path, const char* action) {
    const int code = errno;
    const bool forbidden = code == EACCES || code == EPERM || code == EROFS;
    return {fmt::format("{}: cannot {}: {}.", path, action, std::strerror(code)),
            forbidden ? ErrorKind::kPermission : ErrorKind::kFailed};
}

bool write_all(int descriptor, base::Bytes content) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

Result<void> sync_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open() || ::fsync(opened.number()) != 0) return failure(folder, "make the new file permanent");
    return {};
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::uint64_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file.is_open() || ::fstat(file.number(), &status) != 0) return failure(path, "open");
    if (!S_ISREG(status.st_mode)) return Error{fmt::format("{}: is not a regular file.", path)};
    if (static_cast<std::uint64_t>(status.st_size) > limit)
        return Error{fmt::format("{}: has {} bytes, more than the {} allowed.", path, status.st_size, limit)};
    std::vector<std::uint8_t> content(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = ::read(file.number(), content.data() + done, content.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failure(path, "read");
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    content.resize(done);  // Somebody may have cut it meanwhile.
    return content;
}

Result<void> replace_file(const std::string& path, base::Bytes content) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        return Error{fmt::format("{}: is not a regular file and is not replaced.", path)};
    const std::string temporary = fmt::format("{}.new-{}", path, ::getpid());
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.is_open()) return failure(temporary, "create");
    const bool written = write_all(file.number(), content) && ::fsync(file.number()) == 0 && file.close() &&
                         ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!written) {
        Error error = failure(path, "write");
        ::unlink(temporary.c_str());
        return error;
    }
    return sync_folder_of(path);
}

}  // namespace flowsift::model
