// ByteArena: copies of byte strings that stay where they are until all are dropped at once. For bytes that outlive the
// buffer they were read from, on their way to another thread.
//
// Keeps its memory when cleared, so that nothing is allocated after warm-up. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace flowsift::base {

class ByteArena {
  public:
    static constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

    /// Precondition: at most kBlockBytes.
    Bytes keep(Bytes bytes) {
        if (bytes.empty()) return {};
        if (blocks_.empty() || bytes.size() > kBlockBytes - used_) next_block();
        std::uint8_t* place = blocks_[block_].get() + used_;
        std::copy(bytes.begin(), bytes.end(), place);
        used_ += bytes.size();
        return {place, bytes.size()};
    }

    /// What was kept is gone.
    void clear() {
        block_ = 0;
        used_ = 0;
    }

  private:
    void next_block() {
        if (!blocks_.empty()) ++block_;
        if (block_ == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kBlockBytes));
        used_ = 0;
    }

    std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
    std::size_t block_ = 0;  ///< The one that is being filled.
    std::size_t used_ = 0;   ///< Of it.
};

}  // namespace flowsift::base
