// Tally: the sums of a window of time: from the rows of rollups.h, or of the flows and alerts that pass a filter. What
// an overview is made of. One thread.
#pragma once

#include <array>
#include <map>

#include "store/overview.h"
#include "store/space_saving.h"

namespace flowsift::store {

struct Sums {
    std::uint64_t flows = 0, packets = 0, bytes = 0;

    Sums& operator+=(const Sums& more);
};

struct Tally {
    Sums all;
    std::map<std::int64_t, Sums> classes;  ///< By row of labels; 0: no verdict.
    std::map<std::int64_t, Sums> protocols, applications;
    std::array<std::uint64_t, 4> alerts{};  ///< By detect::Severity.

    Totals totals() const;
};

/// Whole minutes that cover `window`, within what the store has sums of; whole hours where the minutes are gone.
base::Result<TimeWindow> window_of_sums(Database& store, const TimeWindow& window);

/// `window`: of whole minutes.
base::Result<Tally> tally_sums(Database& store, const TimeWindow& window);

/// Reads the flows. `talkers`: gets each end of them. Error: `progress` stopped it.
base::Result<Tally> tally_flows(Database& store, const TimeWindow& window, const OverviewQuery& query,
                                SpaceSaving& talkers, const Progress& progress);

}  // namespace flowsift::store
