// Calibration: from the share of a forest to the share of verdicts like it that are right.
//
// A forest's largest probability says how sure the trees are, not how often they are right. A curve per class, fitted
// on rows that the forest did not learn from (learn/stage_fitting.h), maps the one to the other; it never falls, so a
// threshold on what it gives is a threshold on the forest's own number. Plain data, read by all threads.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace flowsift::model {

inline constexpr std::size_t kMaxKnots = 64;

/// Straight lines between knots, level before the first and after the last. Without knots: the identity.
struct CalibrationCurve {
    std::vector<float> raw;         ///< Ascending, distinct, in [0, 1].
    std::vector<float> calibrated;  ///< As many; not falling, in [0, 1].

    float at(float probability) const;

    /// The least probability in [0, 1] for which at() gives at least `wanted`; above 1 where none does.
    float least_raw(float wanted) const;

    bool operator==(const CalibrationCurve&) const = default;
};

struct Calibration {
    std::vector<CalibrationCurve> curves;  ///< One per class, or none: every curve is then the identity.

    /// What the probability of the class that was chosen is worth.
    float at(std::size_t chosen_class, float probability) const {
        return curves.empty() ? probability : curves[chosen_class].at(probability);
    }
};

/// What CalibrationCurve promises, and none or one curve per class.
base::Result<void> check_calibration(const Calibration& calibration, std::size_t class_count);

/// Which classes a row may be of, at a chosen rate of error (split conformal prediction, per class: Vovk 2012). Of rows
/// of a class, at most the share `error` gets a set without it, if they are like those that were held out.
struct ConformalScores {
    /// Per class: the probabilities that held-out rows of it gave it, ascending, at most kMaxScores of them (evenly
    /// spaced ranks). Empty: no such row was held out, and the class is in every set.
    std::vector<std::vector<float>> by_class;

    /// Share of held-out rows of the class, and this row with them, that gave it at most `probability`; 1 without
    /// scores. The class belongs to the set where this is above the error.
    double p_value(std::size_t class_index, float probability) const;
};

inline constexpr std::size_t kMaxScores = 1'000;

/// Ascending, in [0, 1], at most kMaxScores, and none or one list per class.
base::Result<void> check_conformal(const ConformalScores& scores, std::size_t class_count);

}  // namespace flowsift::model
