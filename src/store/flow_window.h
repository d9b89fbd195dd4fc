// FlowWindow: walks a window of time in slices of about so many flows along the index on their first packet.
// One thread; `store` must outlive it.
#pragma once

#include <cstdint>
#include <optional>

#include "store/ordering.h"

namespace flowsift::store {

class FlowWindow {
  public:
    FlowWindow(Database& store, const TimeWindow& window, bool is_descending)
        : store_(store), rest_(window), is_descending_(is_descending) {}

    /// The next slice that has flows; nothing: the window is read. `flows`: how many are wanted in it; more come where
    /// many began in the same nanosecond.
    base::Result<std::optional<TimeWindow>> next(std::uint64_t flows);

    std::uint64_t scanned() const { return scanned_; }  ///< Flows of all slices so far.
    double share() const;                               ///< Of the window, by time, that they cover.

  private:
    base::Result<bool> begin();

    Database& store_;
    TimeWindow rest_, all_;
    bool is_descending_;
    bool has_begun_ = false;
    Statement edge_, count_;
    std::uint64_t scanned_ = 0;
};

}  // namespace flowsift::store
