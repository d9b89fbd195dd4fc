#include "learn/curves.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace flowsift::learn {
namespace {

constexpr double kDrawnStep = 1.0 / 300;  // Points nearer to each other than this cannot be told apart in a figure.

double as_double(std::uint64_t count) {
    return static_cast<double>(count);
}

/// Keeps the first and the last point, the corners, and of the rest what a figure can show. Near x = 0 finer, for an
/// axis of powers of ten.
void append_thinned(std::vector<CurvePoint>& curve, CurvePoint point, bool is_last) {
    if (!curve.empty() && !is_last) {
        const CurvePoint& last = curve.back();
        const double step_x = std::min(kDrawnStep, 0.02 * std::max(point.x, 1e-9));
        if (std::abs(point.x - last.x) < step_x && std::abs(point.y - last.y) < kDrawnStep) return;
    }
    curve.push_back(point);
}

std::size_t column_of(std::span<const std::string> classes, const std::string& name) {
    return static_cast<std::size_t>(std::find(classes.begin(), classes.end(), name) - classes.begin());
}

Ranking rank_class(const Predictions& p, std::size_t data_class, std::size_t column) {
    std::vector<float> scores(p.truth.size());
    std::vector<std::uint8_t> is_positive(p.truth.size());
    for (std::size_t row = 0; row < p.truth.size(); ++row) {
        scores[row] = p.probabilities[row * p.model_classes.size() + column];
        is_positive[row] = p.truth[row] == data_class;
    }
    return rank_rows(p.data_classes[data_class], scores, is_positive);
}

}  // namespace

Ranking rank_rows(std::string name, std::span<const float> scores, std::span<const std::uint8_t> is_positive) {
    std::vector<std::uint32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
    Ranking ranking{.name = std::move(name)};
    ranking.positives = static_cast<std::uint64_t>(std::count(is_positive.begin(), is_positive.end(), 1));
    ranking.negatives = scores.size() - ranking.positives;
    const double positives = as_double(ranking.positives), negatives = as_double(ranking.negatives);

    double area = 0, average_precision = 0;
    std::uint64_t found = 0, alarms = 0;
    ranking.roc.push_back({0, 0});
    for (std::size_t i = 0; i < order.size();) {
        const std::uint64_t found_before = found, alarms_before = alarms;
        const float score = scores[order[i]];
        for (; i < order.size() && scores[order[i]] == score; ++i) ++(is_positive[order[i]] ? found : alarms);
        area += as_double(alarms - alarms_before) * (as_double(found) + as_double(found_before)) / 2;
        const double precision = as_double(found) / as_double(found + alarms);
        average_precision += precision * as_double(found - found_before);
        const bool is_last = i == order.size();
        if (ranking.positives > 0)
            append_thinned(ranking.precision_recall, {as_double(found) / positives, precision}, is_last);
        if (ranking.positives > 0 && ranking.negatives > 0)
            append_thinned(ranking.roc, {as_double(alarms) / negatives, as_double(found) / positives}, is_last);
    }
    if (ranking.positives > 0) ranking.average_precision = average_precision / positives;
    if (ranking.positives > 0 && ranking.negatives > 0) ranking.area = area / (positives * negatives);
    return ranking;
}

std::vector<Ranking> rank_classes(const Predictions& predictions) {
    std::vector<bool> has_rows(predictions.data_classes.size());
    for (const ClassIndex label : predictions.truth) has_rows[label] = true;
    std::vector<Ranking> rankings;
    for (std::size_t c = 0; c < has_rows.size(); ++c) {
        const std::size_t column = column_of(predictions.model_classes, predictions.data_classes[c]);
        if (has_rows[c] && column < predictions.model_classes.size())
            rankings.push_back(rank_class(predictions, c, column));
    }
    std::sort(rankings.begin(), rankings.end(), [](const Ranking& a, const Ranking& b) { return a.name < b.name; });
    return rankings;
}

Reliability reliability_of(const Predictions& predictions, std::span<const float> confidences) {
    Reliability reliability{.bins = std::vector<ReliabilityBin>(kReliabilityBins)};
    for (std::size_t row = 0; row < predictions.truth.size(); ++row) {
        const auto place = static_cast<std::size_t>(confidences[row] * static_cast<float>(kReliabilityBins));
        ReliabilityBin& bin = reliability.bins[std::min(place, kReliabilityBins - 1)];
        ++bin.rows;
        bin.correct +=
            predictions.data_classes[predictions.truth[row]] == predictions.model_classes[predictions.predicted[row]];
        bin.mean_confidence += static_cast<double>(confidences[row]);
    }
    double error = 0;
    for (ReliabilityBin& bin : reliability.bins) {
        error += std::abs(as_double(bin.correct) - bin.mean_confidence);
        if (bin.rows > 0) bin.mean_confidence /= as_double(bin.rows);
    }
    if (!predictions.truth.empty()) reliability.expected_error = error / as_double(predictions.truth.size());
    return reliability;
}

void write_json(const Ranking& ranking, base::JsonWriter& json) {
    json.begin_object().member("class", ranking.name);
    json.member("positives", ranking.positives).member("negatives", ranking.negatives);
    if (ranking.area) json.member("roc_auc", *ranking.area);
    if (ranking.average_precision) json.member("average_precision", *ranking.average_precision);
    const auto write_points = [&](std::string_view name, const std::vector<CurvePoint>& points) {
        json.key(name).begin_array();
        for (const CurvePoint& point : points) json.begin_array().value(point.x).value(point.y).end_array();
        json.end_array();
    };
    write_points("roc", ranking.roc);
    write_points("precision_recall", ranking.precision_recall);
    json.end_object();
}

void write_json(const Reliability& reliability, base::JsonWriter& json) {
    json.begin_object().member("expected_calibration_error", reliability.expected_error);
    json.key("bins").begin_array();
    for (const ReliabilityBin& bin : reliability.bins)
        json.begin_object()
            .member("rows", bin.rows)
            .member("correct", bin.correct)
            .member("mean_confidence", bin.mean_confidence)
            .end_object();
    json.end_array().end_object();
}

}  // namespace flowsift::learn
