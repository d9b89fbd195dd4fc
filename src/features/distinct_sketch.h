// DistinctSketch: about how many different things were seen lately, in any window up to the longest, in fixed memory.
//
// HyperLogLog (Flajolet and others 2007) with 128 registers, whose cells hold not whether but when a rank was seen
// last: so one sketch serves every window, and nothing has to be merged or taken out again. Beside it the sixteen
// things seen last, by 32 bits of their hash: where a window has no more, its count is exact. Else the standard error
// is 9 %, below 320 things less. A plain value; time is told in slices of the owner's choice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace flowsift::features {

class DistinctSketch {
  public:
    using Slice = std::uint8_t;  ///< From 1; 0 is "never".

    static constexpr std::size_t kExact = 16;

    /// `hash`: 64 well mixed bits of the thing. Precondition: `now` is not before that of the call before.
    void add(std::uint64_t hash, Slice now);

    /// Different things since the begin of that slice. Remembers what it worked out: a host under a flood is asked for
    /// the same again and again.
    double count(Slice since);

    /// Slices are from now on told as so much less; what would be 0 or less is forgotten.
    void shift(Slice by);

  private:
    static constexpr std::size_t kRegisters = 128;
    static constexpr std::size_t kRanks = 16;  ///< Higher ones count as that: up to eight million things.

    /// What was worked out for a slice, as long as no cell changes.
    struct Answer {
        Slice since = 0;  ///< 0: nothing.
        double count = 0;
    };

    double remembered_estimate(Slice since);
    double estimate(Slice since) const;

    std::array<std::uint32_t, kExact> things_{};
    std::array<Slice, kExact> thing_seen_{};  ///< Last.
    Slice left_out_ = 0;                      ///< Whatever is no more among those was last seen then or earlier.
    std::array<std::array<Slice, kRegisters>, kRanks> seen_{};
    std::array<Answer, 2> answers_{};  ///< The latest first: an owner asks for two windows.
};

}  // namespace flowsift::features
