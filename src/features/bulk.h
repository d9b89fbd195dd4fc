// Bulks: runs of at least four non-empty packets of one direction, with no non-empty packet of the other between them
// and no gap over a second between two of them.
#pragma once

#include <array>
#include <cstdint>

#include "flow/direction.h"

namespace flowsift::features {

/// Sums over the bulks of one direction.
struct BulkTotals {
    std::uint32_t bulks = 0;
    std::uint32_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint32_t microseconds = 0;
};

class BulkMeter {
  public:
    /// Takes in a non-empty packet. `microseconds`: since the flow began.
    void add(flow::Direction direction, std::uint32_t payload_length, std::uint32_t microseconds) {
        if (run_packets_ == 0 || direction != run_direction_ || microseconds - run_last_ > kLongestGap) {
            closed_[run_direction_] = totals(run_direction_);
            run_direction_ = direction;
            run_packets_ = 0;
            run_bytes_ = 0;
            run_first_ = microseconds;
        }
        ++run_packets_;
        run_bytes_ += payload_length;
        run_last_ = microseconds;
    }

    /// Of all bulks of that direction, the one that may be going on included.
    BulkTotals totals(flow::Direction direction) const {
        BulkTotals totals = closed_[direction];
        if (direction != run_direction_ || run_packets_ < kFewestPackets) return totals;
        ++totals.bulks;
        totals.packets += run_packets_;
        totals.bytes += run_bytes_;
        totals.microseconds += run_last_ - run_first_;
        return totals;
    }

  private:
    static constexpr std::uint32_t kFewestPackets = 4;
    static constexpr std::uint32_t kLongestGap = 1'000'000;

    std::uint64_t run_bytes_ = 0;
    std::uint32_t run_packets_ = 0;
    std::uint32_t run_first_ = 0;  ///< Microseconds since the flow began.
    std::uint32_t run_last_ = 0;
    flow::Direction run_direction_ = flow::kForward;
    std::array<BulkTotals, 2> closed_;
};

}  // namespace flowsift::features
