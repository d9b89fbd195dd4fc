#include "model/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

bool is_share(float value) {
    return value >= 0 && value <= 1;
}

Result<void> check_curve(const CalibrationCurve& curve) {
    if (curve.raw.size() != curve.calibrated.size() || curve.raw.size() > kMaxKnots)
        return Error{fmt::format("it has {} and {} knots", curve.raw.size(), curve.calibrated.size())};
    for (std::size_t i = 0; i < curve.raw.size(); ++i) {
        const bool is_after =
            i == 0 || (curve.raw[i] > curve.raw[i - 1] && curve.calibrated[i] >= curve.calibrated[i - 1]);
        if (!is_share(curve.raw[i]) || !is_share(curve.calibrated[i]) || !is_after)
            return Error{fmt::format("its knot {} is out of range or order", i)};
    }
    return {};
}

}  // namespace

float CalibrationCurve::at(float probability) const {
    if (raw.empty()) return probability;
    const auto above = static_cast<std::size_t>(std::upper_bound(raw.begin(), raw.end(), probability) - raw.begin());
    if (above == 0) return calibrated.front();
    if (above == raw.size()) return calibrated.back();
    const float part = (probability - raw[above - 1]) / (raw[above] - raw[above - 1]);
    const float value = calibrated[above - 1] + part * (calibrated[above] - calibrated[above - 1]);
    return std::min(value, calibrated[above]);  // Rounding must not make it fall.
}

float CalibrationCurve::least_raw(float wanted) const {
    if (at(0.0F) >= wanted) return 0.0F;
    if (at(1.0F) < wanted) return std::nextafter(1.0F, 2.0F);
    float low = 0.0F, high = 1.0F;  // at(low) < wanted <= at(high)
    while (std::nextafter(low, high) < high) {
        const float middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        (at(middle) >= wanted ? high : low) = middle;
    }
    return high;
}

Result<void> check_calibration(const Calibration& calibration, std::size_t class_count) {
    if (!calibration.curves.empty() && calibration.curves.size() != class_count)
        return Error{
            fmt::format("it has {} calibration curves for {} classes", calibration.curves.size(), class_count)};
    for (std::size_t c = 0; c < calibration.curves.size(); ++c)
        if (const auto checked = check_curve(calibration.curves[c]); !checked)
            return Error{fmt::format("calibration curve {}: {}", c, checked.error().message)};
    return {};
}

double ConformalScores::p_value(std::size_t class_index, float probability) const {
    if (by_class.empty() || by_class[class_index].empty()) return 1;
    const std::vector<float>& scores = by_class[class_index];
    const auto at_most = std::upper_bound(scores.begin(), scores.end(), probability) - scores.begin();
    return static_cast<double>(at_most + 1) / static_cast<double>(scores.size() + 1);
}

Result<void> check_conformal(const ConformalScores& scores, std::size_t class_count) {
    if (!scores.by_class.empty() && scores.by_class.size() != class_count)
        return Error{fmt::format("it has conformal scores of {} classes, not {}", scores.by_class.size(), class_count)};
    for (const auto& of_class : scores.by_class)
        if (of_class.size() > kMaxScores || !std::is_sorted(of_class.begin(), of_class.end()) ||
            !std::all_of(of_class.begin(), of_class.end(), is_share))
            return Error{"its conformal scores are out of range or order"};
    return {};
}

}  // namespace flowsift::model
