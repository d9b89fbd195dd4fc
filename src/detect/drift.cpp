#include "detect/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace flowsift::detect {
namespace {

constexpr double kLeastShare = 1e-4;
constexpr std::size_t kMostNamed = 5;

}  // namespace

double stability_index(std::span<const float> expected, std::span<const std::uint64_t> counts) {
    const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    if (total == 0) return 0;
    double index = 0;
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        const double then = std::max<double>(expected[bin], kLeastShare);
        const double now = std::max(static_cast<double>(counts[bin]) / total, kLeastShare);
        index += (now - then) * std::log(now / then);
    }
    return index;
}

Drift::Drift(const model::Model& model)
    : model_(model), reference_(model.end_stage().reference), scores_(model.end_stage().conformal) {
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
    if (now - *begin_ < kPeriod || flows_ < kLeastFlows) return {};
    const std::vector<FeatureIndex> largest = indexes();
    const double empty = static_cast<double>(empty_) / static_cast<double>(flows_);
    const bool is_time =
        empty > kMostEmpty || (largest.size() >= kSeveralFeatures && largest[kSeveralFeatures - 1].index > kMostIndex);
    text_ = sentence(largest, empty, is_time);
    restart(now);
    return Notice{now, "drift", text_, is_time};
}

/// Largest first.
std::vector<Drift::FeatureIndex> Drift::indexes() const {
    std::vector<FeatureIndex> all;
    all.reserve(counts_.size());
    for (std::size_t f = 0; f < counts_.size(); ++f)
        all.push_back({f, stability_index(reference_[f].shares, counts_[f])});
    std::ranges::stable_sort(all, std::greater(), &FeatureIndex::index);
    return all;
}

std::string Drift::sentence(const std::vector<FeatureIndex>& largest, double empty, bool is_time) const {
    const auto is_changed = [](const FeatureIndex& feature) { return feature.index > kMostIndex; };
    const auto changed = static_cast<std::size_t>(std::ranges::count_if(largest, is_changed));
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
