// FileLock: that one process alone writes to a store. Held by the kernel, so that it ends with the process, however
// that ends.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace flowsift::store {

class FileLock {
  public:
    /// Locks PATH.lock, and creates it. Error: another process holds it.
    static base::Result<FileLock> take(const std::string& path);

    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    FileLock(const FileLock&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace flowsift::store
