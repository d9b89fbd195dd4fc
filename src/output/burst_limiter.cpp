#include "output/burst_limiter.h"

#include <algorithm>

namespace flowsift::output {

BurstLimiter::Burst& BurstLimiter::burst_of(std::uint16_t class_index, std::string_view label,
                                            const base::IpAddress& source) {
    std::size_t sources = 0;
    Burst* several = nullptr;
    for (Burst& burst : bursts_) {
        if (burst.class_index != class_index) continue;
        if (burst.source == source) return burst;
        if (burst.source)
            ++sources;
        else
            several = &burst;
    }
    if (several) return *several;
    Burst burst{.class_index = class_index, .label = std::string(label), .source = source, .start = now_};
    if (sources == kSourcesPerClass) {
        burst.source = std::nullopt;
        burst.shown = kShownPerSecond;
    }
    return bursts_.emplace_back(std::move(burst));
}

bool BurstLimiter::admit(std::uint16_t class_index, std::string_view label, const base::IpAddress& source,
                         base::Nanoseconds now) {
    now_ = std::max(now_, now);
    Burst& burst = burst_of(class_index, label, source);
    if (burst.shown < kShownPerSecond) {
        ++burst.shown;
        return true;
    }
    ++burst.counted;
    burst.last_counted = now_;
    return false;
}

std::vector<BurstLimiter::Sum> BurstLimiter::advance(base::Nanoseconds now) {
    std::vector<Sum> sums;
    if (now <= now_) return sums;
    now_ = now;
    for (Burst& burst : bursts_) {
        if (now_ < burst.due() || burst.counted == 0) continue;
        sums.push_back(burst.sum());
        burst.counted = 0;
        burst.start = now_;
        burst.period = std::min(2 * burst.period, kLongestPeriod);
    }
    std::erase_if(bursts_, [&](const Burst& burst) { return now_ >= burst.due(); });
    return sums;
}

std::vector<BurstLimiter::Sum> BurstLimiter::finish() {
    std::vector<Sum> sums;
    for (const Burst& burst : bursts_)
        if (burst.counted > 0) sums.push_back(burst.sum());
    bursts_.clear();
    return sums;
}

}  // namespace flowsift::output
