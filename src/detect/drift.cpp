#include "detect/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace flowsift::detect {
namespace {

constexpr double kUnseen = 0.5;    ///< Of a row, added to every bin: a bin without rows has a share all the same.
constexpr double kDeviations = 5;  ///< Of what chance gives.
constexpr std::size_t kMostNamed = 5;

}  // namespace

double expected_index(std::size_t bins, std::uint64_t now, std::uint64_t then) {
    if (bins == 0 || now == 0 || then == 0) return 0;
    return static_cast<double>(bins - 1) * (1 / static_cast<double>(now) + 1 / static_cast<double>(then));
}

double stability_index(std::span<const float> expected, std::uint64_t then_rows,
                       std::span<const std::uint64_t> counts) {
    const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    if (total == 0 || then_rows == 0) return 0;
    const double added = kUnseen * static_cast<double>(counts.size());
    const auto rows = static_cast<double>(then_rows);
    double index = 0;
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        const double then = (double{expected[bin]} * rows + kUnseen) / (rows + added);
        const double now = (static_cast<double>(counts[bin]) + kUnseen) / (total + added);
        index += (now - then) * std::log(now / then);
    }
    return index;
}

Drift::Drift(const model::Model& model, base::Nanoseconds period)
    : model_(model), period_(period), reference_(model.end_stage().reference), scores_(model.end_stage().conformal) {
    counts_.reserve(reference_.features.size());
    for (const model::FeatureReference& feature : reference_.features) counts_.emplace_back(feature.shares.size());
}

void Drift::add(std::span<const float> row, const Verdict& verdict) {
    ++flows_;
    for (std::size_t f = 0; f < counts_.size(); ++f) ++counts_[f][reference_[f].bin_of(row[f])];
    for (std::size_t c = 0; c < verdict.probabilities.size(); ++c)
        if (scores_.p_value(c, verdict.probabilities[c]) > kError) return;
    ++empty_;
}

std::optional<Notice> Drift::advance(base::Nanoseconds now) {
    if (!begin_) begin_ = now;
    if (now - *begin_ < period_ || flows_ < kLeastFlows) return {};
    const std::vector<FeatureIndex> largest = indexes();
    const double empty = static_cast<double>(empty_) / static_cast<double>(flows_);
    const auto is_changed = [](const FeatureIndex& feature) { return feature.index > kMostIndex; };
    const auto changed = static_cast<std::size_t>(std::ranges::count_if(largest, is_changed));
    const bool is_time = changed > most_changed() || empty > most_empty();
    text_ = sentence(largest, changed, empty, is_time);
    restart(now);
    return Notice{now, "drift", text_, is_time};
}

/// Largest first.
std::vector<Drift::FeatureIndex> Drift::indexes() const {
    std::vector<FeatureIndex> all;
    all.reserve(counts_.size());
    for (std::size_t f = 0; f < counts_.size(); ++f) {
        const double by_chance = expected_index(counts_[f].size(), flows_, reference_.rows);
        all.push_back({f, stability_index(reference_[f].shares, reference_.rows, counts_[f]) - by_chance});
    }
    std::ranges::stable_sort(all, std::greater(), &FeatureIndex::index);
    return all;
}

std::size_t Drift::most_changed() const {
    const auto share = static_cast<std::size_t>(kMostChanged * static_cast<double>(counts_.size()));
    return std::min(std::max(share, kSeveral), counts_.size() - 1);
}

double Drift::most_empty() const {
    const int benign = model_.benign_class();
    if (benign < 0 || scores_.by_class.empty()) return 1;
    const std::size_t then = scores_.by_class[static_cast<std::size_t>(benign)].size();
    if (then == 0) return 1;
    const double variance = kError * (1 - kError) * (1 / static_cast<double>(flows_) + 1 / static_cast<double>(then));
    return kError + std::max(kError, kDeviations * std::sqrt(variance));
}

std::string Drift::sentence(const std::vector<FeatureIndex>& largest, std::size_t changed, double empty,
                            bool is_time) const {
    std::string text = is_time ? "RETRAIN, traffic is not what was learnt from: " : "no need to retrain: ";
    text += fmt::format("{} of {} features have changed (PSI above {})", changed, largest.size(), kMostIndex);
    for (std::size_t i = 0; i < std::min(changed, kMostNamed); ++i)
        text += fmt::format("{} {} {:.2f}", i == 0 ? ":" : ",", model_.schema.feature(largest[i].feature).name,
                            largest[i].index);
    if (changed > kMostNamed) text += ", …";
    return text + fmt::format("; no class fits {:.1f} % of {} flows (up to {:.0f} % are expected)", 100 * empty, flows_,
                              100 * kError);
}

void Drift::restart(base::Nanoseconds now) {
    begin_ = now;
    flows_ = empty_ = 0;
    for (auto& bins : counts_) std::ranges::fill(bins, 0);
}

}  // namespace flowsift::detect
