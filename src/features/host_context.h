// HostContext: what one host has lately done in one role, as the opener of flows or as the one they were opened to.
//
// Windows end now and begin with a slice: of half a second for the short one, of two seconds for the long one, so they
// cover 1.5 to 2 s and 58 to 60 s. A plain value of some 5.5 kB; knows no wall clock.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "features/distinct_sketch.h"

namespace flowsift::features {

/// Of one role and window: what the `host` group's features are.
struct HostNumbers {
    double ports = 0;
    double peers = 0;
    double flows_per_second = 0;
    double unanswered_share = 0;
    double reset_share = 0;
    double bytes_per_flow = 0;
};

/// All of a row.
struct HostPair {
    enum Role : std::uint8_t { kSource, kDestination };
    enum Window : std::uint8_t { kShort, kLong };

    std::array<std::array<HostNumbers, 2>, 2> numbers;  ///< By Role and Window.
    std::array<double, 2> flows_between{};              ///< That the source opened to the destination, by Window.
    std::array<double, 2> flows_to_service{};           ///< Of those, to the same port and protocol.
};

/// Half seconds since 1970, whole ones.
using HalfSecond = std::int64_t;
HalfSecond half_second_of(base::Nanoseconds time);

class HostContext {
  public:
    struct End {
        bool is_unanswered = false;
        bool is_reset = false;
        std::uint64_t bytes = 0;
    };

    static constexpr std::int64_t kShortSlices = 4;  ///< Of one half second: 2 s.
    static constexpr std::int64_t kLongSlices = 30;  ///< Of four half seconds: 60 s.

    // Each call's `now` is not before that of the call before.
    void add_start(HalfSecond now, std::uint64_t port_hash, std::uint64_t peer_hash);
    void add_end(HalfSecond now, const End& end);
    HostNumbers numbers(HalfSecond now, HostPair::Window window);

  private:
    /// Sums over one slice.
    struct Slot {
        std::int64_t slice = INT64_MIN;
        std::uint64_t bytes = 0;
        std::uint32_t started = 0;
        std::uint32_t ended = 0;
        std::uint32_t unanswered = 0;
        std::uint32_t reset = 0;
    };

    /// The last slices of one length, at least as many as its window has.
    template <std::size_t Size>
    struct Ring {
        std::array<Slot, Size> slots;

        Slot& at(std::int64_t slice) {
            Slot& slot = slots[static_cast<std::size_t>(slice) % Size];
            if (slot.slice != slice) slot = {.slice = slice};
            return slot;
        }
        /// Of the slices from `since` on.
        Slot sum(std::int64_t since) const;
    };

    static constexpr std::int64_t kLongSlice = 4;  ///< Half seconds.
    static constexpr std::int64_t kHistory = kLongSlices * kLongSlice;

    static HalfSecond begin_of(HalfSecond now, HostPair::Window window);
    /// The sketches' name for a half second, after bringing `now` into their range.
    DistinctSketch::Slice sketch_slice(HalfSecond now);

    HalfSecond base_ = INT64_MIN;  ///< The sketches' slice 0.
    Ring<4> short_;
    Ring<32> long_;
    DistinctSketch ports_;
    DistinctSketch peers_;
};

}  // namespace flowsift::features
