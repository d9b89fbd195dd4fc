#include "detect/alert_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace flowsift::detect {
namespace {

constexpr double kHour = 3'600.0 * static_cast<double>(base::kSecond);

constexpr std::size_t place(Severity severity) {
    return static_cast<std::size_t>(severity);
}

}  // namespace

AlertBudget::AlertBudget(double per_hour) {
    if (per_hour <= 0) return;
    const double alerts = std::ceil(per_hour);
    told_.resize(static_cast<std::size_t>(alerts));
    window_ = std::llround(alerts / per_hour * kHour);
}

/// What alerts of this severity may use of the budget.
std::size_t AlertBudget::most(Severity severity) const {
    return severity == Severity::kHigh ? told_.size() : told_.size() - told_.size() / 4;
}

std::size_t AlertBudget::spent(base::Nanoseconds now) {
    while (spent_ > 0 && now - told_[oldest_] >= window_) {
        oldest_ = (oldest_ + 1) % told_.size();
        --spent_;
    }
    return spent_;
}

std::optional<float> AlertBudget::threshold(Severity severity, float threshold, base::Nanoseconds now) {
    if (told_.empty()) return threshold;
    const std::size_t used = spent(now), most = this->most(severity), half = told_.size() / 2;
    if (used >= most) return {};
    if (severity == Severity::kHigh || used <= half) return threshold;
    const float rise = static_cast<float>(used - half) / static_cast<float>(most - half);
    return threshold + (1 - threshold) * rise;
}

void AlertBudget::spend(base::Nanoseconds now) {
    if (told_.empty()) return;
    told_[(oldest_ + spent_) % told_.size()] = now;
    ++spent_;
}

std::optional<Notice> AlertBudget::hold_back(Severity severity, base::Nanoseconds now) {
    if (!is_spell_) said_ = held_back_;
    ++held_back_[place(severity)];
    const bool is_high = severity == Severity::kHigh;
    if (is_spell_ && (!is_high || is_high_said_)) return {};
    is_spell_ = true;
    is_high_said_ = is_high;
    text_ = fmt::format("{} of {} alerts of the budget are spent: ", spent(now), told_.size());
    text_ += is_high ? "even episodes of high severity are held back until there is room again"
                     : "episodes of medium and low severity need a higher probability, or wait";
    return Notice{now, "budget", text_, is_high};
}

std::optional<Notice> AlertBudget::advance(base::Nanoseconds now) {
    if (!is_spell_ || spent(now) > told_.size() / 2) return {};
    is_spell_ = is_high_said_ = false;
    const auto held = [&](Severity severity) { return held_back_[place(severity)] - said_[place(severity)]; };
    text_ =
        fmt::format("the budget has room again, thresholds are as set; held back meanwhile: {} high, {} medium, {} low",
                    held(Severity::kHigh), held(Severity::kMedium), held(Severity::kLow));
    return Notice{now, "budget", text_, false};
}

}  // namespace flowsift::detect
