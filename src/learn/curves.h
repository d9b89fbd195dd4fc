// Curves: how well scores rank one class before the rest (ROC, precision and recall), and whether probabilities mean
// what they say (reliability).
//
// A curve is exact where it is judged (area, average precision) and thinned where it is drawn. Pure functions; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "learn/metrics.h"

namespace flowsift::learn {

struct CurvePoint {
    double x = 0, y = 0;
};

/// One class against the rest, by the probability that a model gives it.
struct Ranking {
    std::string name;
    std::uint64_t positives = 0;  ///< Rows of the class.
    std::uint64_t negatives = 0;  ///< All others.
    /// Chance that a row of the class gets a higher score than another row, a tie counting half (Mann and Whitney
    /// 1947). Empty without rows on both sides.
    std::optional<double> area;
    /// Sum over the distinct scores of precision × the recall won there (as scikit-learn, without interpolation).
    /// Empty without positives.
    std::optional<double> average_precision;
    std::vector<CurvePoint> roc;               ///< x: false-alarm rate, y: recall; from (0, 0) to (1, 1).
    std::vector<CurvePoint> precision_recall;  ///< x: recall, y: precision; ascending recall.
};

/// `scores` and `is_positive` (0 or 1): one per row. Rows of equal score enter a curve together.
Ranking rank_rows(std::string name, std::span<const float> scores, std::span<const std::uint8_t> is_positive);

/// One per class that has rows and that the model knows, by name. Precondition: there are probabilities.
std::vector<Ranking> rank_classes(const Predictions& predictions);

inline constexpr std::size_t kReliabilityBins = 15;

/// Of the rows whose answer was given a probability in one fifteenth of [0, 1].
struct ReliabilityBin {
    std::uint64_t rows = 0;
    std::uint64_t correct = 0;
    double mean_confidence = 0;  ///< 0 without rows.
};

struct Reliability {
    std::vector<ReliabilityBin> bins;  ///< kReliabilityBins; bin b: [b, b + 1) / 15, the last with its end.
    /// Expected calibration error (Naeini et al. 2015): mean over the rows of |share that is right - probability|,
    /// bin by bin.
    double expected_error = 0;
};

/// `confidences`: per row the probability that what was predicted is right.
Reliability reliability_of(const Predictions& predictions, std::span<const float> confidences);

/// One JSON object each: areas and bins; the points of the thinned curves.
void write_json(const Ranking& ranking, base::JsonWriter& json);
void write_json(const Reliability& reliability, base::JsonWriter& json);

}  // namespace flowsift::learn
