#include "learn/split_search.h"

#include <algorithm>
#include <bit>

namespace flowsift::learn {
namespace {

/// Orders as the floats do; minus zero and zero are one value.
std::uint32_t ordered_bits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);
    return bits >> 31 ? ~bits : bits | 0x8000'0000U;
}

float from_ordered_bits(std::uint32_t bits) {
    return std::bit_cast<float>(bits >> 31 ? bits & 0x7fff'ffffU : ~bits);
}

}  // namespace

float threshold_between(float a, float b) {
    const auto middle = static_cast<float>((static_cast<double>(a) + static_cast<double>(b)) / 2);
    return middle < b ? middle : a;
}

void NodeCounts::count(std::span<const Sample> samples, std::span<const double> class_weights) {
    draws.assign(class_weights.size(), 0);
    weight.assign(class_weights.size(), 0);
    present.clear();
    total_draws = 0;
    total_weight = 0;
    for (const Sample& sample : samples) draws[sample.label] += sample.draws;
    double squares = 0;
    for (std::size_t c = 0; c < draws.size(); ++c) {
        if (draws[c] == 0) continue;
        present.push_back(static_cast<dataset::ClassIndex>(c));
        weight[c] = draws[c] * class_weights[c];
        total_draws += draws[c];
        total_weight += weight[c];
        squares += weight[c] * weight[c];
    }
    score = squares / total_weight;
}

SplitSearch::SplitSearch(const BinnedTable& table, std::span<const double> class_weights, std::uint32_t min_leaf_draws,
                         std::size_t exact_rows)
    : table_(table),
      class_weights_(class_weights),
      min_leaf_draws_(min_leaf_draws),
      exact_rows_(exact_rows),
      histogram_(kMaxBins * class_weights.size()) {}

void SplitSearch::improve(Split& best, std::uint32_t feature, std::span<const Sample> samples,
                          const NodeCounts& counts) {
    if (samples.size() <= exact_rows_) return improve_by_sorting(best, feature, samples, counts);
    return improve_by_bins(best, feature, samples, counts);
}

void SplitSearch::start(const NodeCounts& counts) {
    left_.assign(counts.weight.size(), 0);
    right_ = counts.weight;
    left_weight_ = left_squares_ = 0;
    right_weight_ = counts.total_weight;
    right_squares_ = counts.score * counts.total_weight;
    left_draws_ = 0;
    right_draws_ = counts.total_draws;
}

void SplitSearch::move_left(dataset::ClassIndex label, std::uint32_t draws) {
    const double weight = draws * class_weights_[label];
    left_squares_ += weight * (2 * left_[label] + weight);
    right_squares_ -= weight * (2 * right_[label] - weight);
    left_[label] += weight;
    right_[label] -= weight;
    left_weight_ += weight;
    right_weight_ -= weight;
    left_draws_ += draws;
    right_draws_ -= draws;
}

bool SplitSearch::is_better(const Split& best) const {
    if (left_draws_ < min_leaf_draws_ || right_draws_ < min_leaf_draws_) return false;
    return left_squares_ / left_weight_ + right_squares_ / right_weight_ > best.score;
}

void SplitSearch::improve_by_bins(Split& best, std::uint32_t feature, std::span<const Sample> samples,
                                  const NodeCounts& counts) {
    const FeatureBins& bins = table_.bins(feature);
    const std::span<const std::uint8_t> codes = table_.codes(feature);
    const std::size_t stride = class_weights_.size();
    std::fill_n(histogram_.begin(), bins.size() * stride, 0U);
    for (const Sample& sample : samples) histogram_[codes[sample.position] * stride + sample.label] += sample.draws;

    start(counts);
    int previous = -1;  // The last bin before this one that has rows of the node.
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        const std::uint32_t* row = &histogram_[bin * stride];
        const bool is_occupied = std::any_of(counts.present.begin(), counts.present.end(),
                                             [&](dataset::ClassIndex label) { return row[label] != 0; });
        if (!is_occupied) continue;
        if (previous >= 0 && is_better(best)) {
            best = {left_squares_ / left_weight_ + right_squares_ / right_weight_, feature,
                    threshold_between(bins.highest[static_cast<std::size_t>(previous)], bins.lowest[bin]), previous};
        }
        for (const dataset::ClassIndex label : counts.present)
            if (row[label] != 0) move_left(label, row[label]);
        previous = static_cast<int>(bin);
    }
}

void SplitSearch::improve_by_sorting(Split& best, std::uint32_t feature, std::span<const Sample> samples,
                                     const NodeCounts& counts) {
    const FeatureBins& bins = table_.bins(feature);
    const std::span<const std::uint8_t> codes = table_.codes(feature);
    keys_.resize(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Sample& sample = samples[i];
        const std::uint32_t rank =
            bins.is_exact ? codes[sample.position] : ordered_bits(table_.value(feature, sample.position));
        keys_[i] = std::uint64_t{rank} << 32 | std::uint64_t{sample.label} << 16 | sample.draws;
    }
    const auto rank_of = [](std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); };
    const auto [lowest, highest] = std::minmax_element(keys_.begin(), keys_.end());
    if (rank_of(*lowest) == rank_of(*highest)) return;  // Only one value.
    std::sort(keys_.begin(), keys_.end());

    start(counts);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const std::uint32_t rank = rank_of(keys_[i]);
        if (i > 0 && rank_of(keys_[i - 1]) != rank && is_better(best)) {
            const std::uint32_t before = rank_of(keys_[i - 1]);
            const double score = left_squares_ / left_weight_ + right_squares_ / right_weight_;
            best = bins.is_exact ? Split{score, feature, threshold_between(bins.highest[before], bins.lowest[rank]),
                                         static_cast<int>(before)}
                                 : Split{score, feature,
                                         threshold_between(from_ordered_bits(before), from_ordered_bits(rank)), -1};
        }
        move_left(static_cast<dataset::ClassIndex>(keys_[i] >> 16), static_cast<std::uint16_t>(keys_[i]));
    }
}

}  // namespace flowsift::learn
