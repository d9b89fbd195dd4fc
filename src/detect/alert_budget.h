// AlertBudget: how many alerts a person can take, and what an episode must be worth to be one of them.
//
// Counts what was told within the sliding hour of capture time. From half of the budget on, episodes of medium and low
// severity need a probability that rises with what is spent; from three quarters on they are held back, so that the
// last quarter is for high severity, whose threshold never rises. When all is spent, high severity is held back as
// well, and that is said at once. What is held back goes on being counted, and is told when there is room again.
// Owned by one detector; deterministic in capture time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "detect/alert.h"

namespace flowsift::detect {

class AlertBudget {
  public:
    /// 0: no limit. Below 1, e.g. 0.5, the window is longer than an hour: one alert in two hours.
    explicit AlertBudget(double per_hour);

    /// The probability that an episode needs at `now`, where its class needs `threshold` otherwise; nothing: it must
    /// wait, whatever its probability is.
    std::optional<float> threshold(Severity severity, float threshold, base::Nanoseconds now);

    /// An alert was told.
    void spend(base::Nanoseconds now);

    /// An episode is held back for the first time. A sentence, where it is time for one; valid until the next call.
    std::optional<Notice> hold_back(Severity severity, base::Nanoseconds now);

    /// A sentence once, when there is room again after something was held back; valid until the next call.
    std::optional<Notice> advance(base::Nanoseconds now);

    std::uint64_t held_back() const { return held_back_[1] + held_back_[2] + held_back_[3]; }

  private:
    std::size_t spent(base::Nanoseconds now);
    std::size_t most(Severity severity) const;

    base::Nanoseconds window_ = 0;
    std::vector<base::Nanoseconds> told_;  ///< A ring of the latest; as many as the budget allows.
    std::size_t oldest_ = 0, spent_ = 0;
    std::array<std::uint64_t, 4> held_back_{};  ///< By Severity.
    std::array<std::uint64_t, 4> said_{};       ///< Of them, when the latest spell began.
    bool is_spell_ = false;                     ///< Something is held back, and it was said.
    bool is_high_said_ = false;                 ///< In this spell.
    std::string text_;
};

}  // namespace flowsift::detect
