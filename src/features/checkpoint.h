// Checkpoint: a moment at which a live flow's row is told as it then stands, besides the row of its end.
//
// Either when the flow has had so many packets, or each time that so much packet time has passed since its first one,
// or when that, twice that, four times that has passed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace flowsift::features {

struct Checkpoint {
    std::string name;             ///< As the user wrote it: "8", "1s", "1s*2".
    std::uint64_t packets = 0;    ///< After this packet of the flow; or 0, and then
    base::Nanoseconds every = 0;  ///< at each multiple of this since the flow's first packet,
    bool doubles = false;         ///< or only at it times 1, 2, 4, 8 …
};

/// Bounds of what a flow has to keep.
inline constexpr std::size_t kMostCheckpoints = 16;
inline constexpr std::size_t kMostPeriods = 4;
inline constexpr base::Nanoseconds kShortestPeriod = base::kMillisecond;
inline constexpr base::Nanoseconds kLongestPeriod = 3'600 * base::kSecond;

/// "8,64,500ms,1s*2": numbers of packets, and periods with their unit (s, ms), those that double with "*2", in any
/// order; sorted, packets first. The Error says what is wrong with which of them.
base::Result<std::vector<Checkpoint>> parse_checkpoints(std::string_view list);

/// One after each of these numbers of packets, which ascend and are at most kMostCheckpoints.
std::vector<Checkpoint> checkpoints_after(const std::vector<std::uint64_t>& packets);

/// When a flow that goes on is judged: each number of packets again at its doublings up to the next one, the last up to
/// some ten thousand packets; each period at its doublings. Precondition: `checkpoints` as parse_checkpoints() gives.
std::vector<Checkpoint> doubled(const std::vector<Checkpoint>& checkpoints);

/// As parse_checkpoints() reads it.
std::string to_string(const std::vector<Checkpoint>& checkpoints);

}  // namespace flowsift::features
