// Whole files in and out: bounded reading, and a replacement that a crash or a full disk cannot leave half done.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace flowsift::model {

/// The content of a regular file of at most `limit` bytes.
base::Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::uint64_t limit);

/// Writes beside `path`, syncs, renames onto it, syncs the folder. Replaces a regular file only. On failure the old
/// file stays and nothing else does.
base::Result<void> replace_file(const std::string& path, base::Bytes content);

}  // namespace flowsift::model
