// RecentStarts: how many flows began in the last 2 s and 60 s. Windows are those of HostContext.
//
// A plain value of some 160 bytes; knows no wall clock.
#pragma once

#include <array>
#include <cstdint>

#include "features/host_context.h"

namespace flowsift::features {

class RecentStarts {
  public:
    // Each call's `now` is not before that of the call before.
    void add(HalfSecond now);
    double count(HalfSecond now, HostPair::Window window);

  private:
    /// The last slices of one length.
    template <std::size_t Slices>
    struct Ring {
        std::array<std::uint32_t, Slices> counts{};

        /// Also before 1970: the remainder of what is below 0 is made one above it.
        std::uint32_t& at(std::int64_t slice) {
            constexpr auto kSlices = static_cast<std::int64_t>(Slices);
            return counts[static_cast<std::size_t>((slice % kSlices + kSlices) % kSlices)];
        }
        /// The slices after `from` up to `to` begin with nothing.
        void advance(std::int64_t from, std::int64_t to) {
            if (to - from >= static_cast<std::int64_t>(Slices)) return counts.fill(0);
            for (std::int64_t slice = from + 1; slice <= to; ++slice) at(slice) = 0;
        }
        double sum() const {
            std::uint64_t sum = 0;
            for (const std::uint32_t count : counts) sum += count;
            return static_cast<double>(sum);
        }
    };

    void advance(HalfSecond now);

    HalfSecond now_ = INT64_MIN / 2;
    Ring<HostContext::kShortSlices> short_;
    Ring<HostContext::kLongSlices> long_;
};

}  // namespace flowsift::features
