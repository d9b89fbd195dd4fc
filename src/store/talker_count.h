// TalkerCount: who talks most in a window of time: counted from the flows where these are few and still there, else
// from the talkers of each hour (rollups.h). One thread; `store` must outlive it.
#pragma once

#include <optional>

#include "store/ordering.h"
#include "store/space_saving.h"

namespace flowsift::store {

/// Up to so many flows are counted one by one.
inline constexpr std::uint64_t kMostFlowsCounted = 20'000;

struct TalkerCount {
    TimeWindow window;        ///< That was counted: as asked, or whole hours.
    SpaceSaving talkers;      ///< With places for all of them.
    std::uint64_t error = 0;  ///< Bytes that an address may have beyond what is counted.
};

/// `flows`: how many the sums know of in the window.
base::Result<TalkerCount> count_talkers(Database& store, const TimeWindow& window, std::uint64_t flows);

}  // namespace flowsift::store
