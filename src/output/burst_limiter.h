// BurstLimiter: decides which alerts a person sees one by one. The first few of a class from a source are shown; when
// more come within a second they are only counted, and a sum is due after 1, 2, 4, … up to 64 seconds of capture time,
// until a whole such period stays quiet.
//
// Memory is bounded: of each class four sources are followed at a time; further ones (a flood with forged sources) are
// summed together. Owned by one sink; single-threaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"

namespace flowsift::output {

class BurstLimiter {
  public:
    static constexpr std::uint64_t kShownPerSecond = 5;
    static constexpr std::size_t kSourcesPerClass = 4;
    static constexpr base::Nanoseconds kLongestPeriod = 64 * base::kSecond;

    /// Alerts that were counted and not shown.
    struct Sum {
        std::string label;
        std::optional<base::IpAddress> source;  ///< Empty: several sources.
        std::uint64_t alerts = 0;
        base::Nanoseconds period = 0;  ///< From the begin of counting to the last of them.
    };

    /// Whether the alert should be shown; one that is not is counted into a later sum.
    bool admit(std::uint16_t class_index, std::string_view label, const base::IpAddress& source, base::Nanoseconds now);

    /// Tells the capture clock, which may stand still or go back; the sums that are due by then. Cheap when none is.
    std::vector<Sum> advance(base::Nanoseconds now);

    /// All sums, due or not: nothing more will come.
    std::vector<Sum> finish();

  private:
    struct Burst {
        std::uint16_t class_index = 0;
        std::string label;
        std::optional<base::IpAddress> source;
        base::Nanoseconds start = 0;
        base::Nanoseconds period = base::kSecond;
        std::uint64_t shown = 0;
        std::uint64_t counted = 0;
        base::Nanoseconds last_counted = 0;

        base::Nanoseconds due() const { return start + period; }
        Sum sum() const { return {label, source, counted, last_counted - start}; }
    };

    Burst& burst_of(std::uint16_t class_index, std::string_view label, const base::IpAddress& source);

    std::vector<Burst> bursts_;
    base::Nanoseconds now_ = INT64_MIN;  ///< The latest time that was told.
};

}  // namespace flowsift::output
