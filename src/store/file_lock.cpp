#include "store/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace flowsift::store {

base::Result<FileLock> FileLock::take(const std::string& path) {
    const std::string name = path + ".lock";
    const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return base::Error{fmt::format("cannot create {}: {}", name, std::strerror(errno))};
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK)
        return base::Error{path + " is being written by another flowsift; stop it or name another store"};
    return base::Error{fmt::format("cannot lock {}: {}", name, std::strerror(errno))};
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace flowsift::store
