#include "learn/split_search.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "learn/ordered_bits.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kPassFeatures = 16;          // Histograms filled in one pass over the samples,
constexpr std::size_t kPassCounters = 128 * 1024;  // and counters of them all: more would leave the cache.

/// From here on nearly all bins of a node have rows, and looking at each costs less than marking it per row.
constexpr std::size_t kManySamples = 2'048;

/// Of a key of sort_values().
std::uint32_t rank_of(std::uint64_t key) {
    return static_cast<std::uint32_t>(key >> 32);
}

}  // namespace

float threshold_between(float a, float b) {
    const auto middle = static_cast<float>((static_cast<double>(a) + static_cast<double>(b)) / 2);
    return middle < b ? middle : a;
}

void NodeCounts::count(std::span<const Sample> samples, std::span<const double> class_weights) {
    draws.assign(class_weights.size(), 0);
    weight.assign(class_weights.size(), 0);
    place.resize(class_weights.size());
    present.clear();
    total_draws = 0;
    total_weight = 0;
    for (const Sample& sample : samples) draws[sample.label] += sample.draws;
    double squares = 0;
    for (std::size_t c = 0; c < draws.size(); ++c) {
        if (draws[c] == 0) continue;
        place[c] = static_cast<std::uint16_t>(present.size());
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
    : table_(table), class_weights_(class_weights), min_leaf_draws_(min_leaf_draws), exact_rows_(exact_rows) {}

void SplitSearch::improve(Split& best, std::span<const std::uint32_t> features, std::span<const Sample> samples,
                          const NodeCounts& counts) {
    const std::size_t size = counts.present.size() * kMaxBins;
    const std::size_t in_pass = std::clamp<std::size_t>(kPassCounters / size, 1, kPassFeatures);
    for (std::size_t begin = 0; begin < features.size(); begin += in_pass) {
        const auto pass = features.subspan(begin, std::min(in_pass, features.size() - begin));
        improve_in_pass(best, pass, samples, counts);
    }
}

void SplitSearch::improve_in_pass(Split& best, std::span<const std::uint32_t> features, std::span<const Sample> samples,
                                  const NodeCounts& counts) {
    const std::size_t size = counts.present.size() * kMaxBins;
    const bool has_many = samples.size() >= kManySamples;
    const auto has_histogram = [&](std::uint32_t feature) {
        return samples.size() > exact_rows_ || table_.bins(feature).is_exact;
    };
    columns_.clear();
    for (const std::uint32_t feature : features)
        if (has_histogram(feature)) columns_.push_back(table_.codes(feature).data());
    if (histograms_.size() < columns_.size() * size) histograms_.resize(columns_.size() * size);
    marks_.assign(columns_.size(), has_many ? Marks::all() : Marks{});
    if (has_many)
        fill<false>(samples, counts);
    else
        fill<true>(samples, counts);
    std::size_t histogram = 0;
    for (const std::uint32_t feature : features) {
        if (has_histogram(feature)) {
            improve_by_bins(best, feature, histogram, counts);
            ++histogram;
        } else if (sort_values(feature, samples, counts)) {
            improve_by_values(best, feature, counts);
        }
    }
}

/// Class by class, so that a sample's place needs no multiplication; feature by feature within the loop over samples,
/// so that an addition seldom waits for the one before it to the same counter.
template <bool kMarks>
void SplitSearch::fill(std::span<const Sample> samples, const NodeCounts& counts) {
    if (columns_.empty()) return;  // All features are sorted by their values.
    const std::size_t size = counts.present.size() * kMaxBins;
    const std::size_t features = columns_.size();
    for (const Sample sample : samples) {
        std::uint32_t* histogram = &histograms_[counts.place[sample.label] * kMaxBins];
        for (std::size_t i = 0; i < features; ++i) {
            const std::uint8_t code = columns_[i][sample.position];
            histogram[i * size + code] += sample.draws;
            if constexpr (kMarks) marks_[i].set(code);
        }
    }
}

void SplitSearch::start(const NodeCounts& counts) {
    const std::size_t classes = counts.present.size();
    weights_.resize(classes);
    right_.resize(classes);
    left_.assign(classes, 0);
    for (std::size_t place = 0; place < classes; ++place) {
        weights_[place] = class_weights_[counts.present[place]];
        right_[place] = counts.weight[counts.present[place]];
    }
    left_weight_ = left_squares_ = 0;
    right_weight_ = counts.total_weight;
    right_squares_ = counts.score * counts.total_weight;
    left_draws_ = 0;
    right_draws_ = counts.total_draws;
}

void SplitSearch::move_left(std::size_t place, std::uint32_t draws) {
    const double weight = draws * weights_[place];
    left_squares_ += weight * (2 * left_[place] + weight);
    right_squares_ -= weight * (2 * right_[place] - weight);
    left_[place] += weight;
    right_[place] -= weight;
    left_weight_ += weight;
    right_weight_ -= weight;
    left_draws_ += draws;
    right_draws_ -= draws;
}

/// Tries a split before every bin that has rows. Leaves the histogram all zero for the next node.
void SplitSearch::improve_by_bins(Split& best, std::uint32_t feature, std::size_t index, const NodeCounts& counts) {
    std::uint32_t* histogram = &histograms_[index * counts.present.size() * kMaxBins];
    const FeatureBins& bins = table_.bins(feature);
    const std::size_t classes = counts.present.size();
    start(counts);
    int previous = -1;  // The last bin before this one that has rows of the node.
    marks_[index].for_each(bins.size(), [&](std::size_t bin) {
        std::uint32_t draws = 0;
        for (std::size_t place = 0; place < classes; ++place) draws |= histogram[place * kMaxBins + bin];
        if (draws == 0) return;
        if (previous >= 0 && has_large_sides() && score() > best.score)
            best = {score(), feature,
                    threshold_between(bins.highest[static_cast<std::size_t>(previous)], bins.lowest[bin]), previous};
        for (std::size_t place = 0; place < classes; ++place) {
            const std::uint32_t moved = std::exchange(histogram[place * kMaxBins + bin], 0U);
            if (moved != 0) move_left(place, moved);
        }
        previous = static_cast<int>(bin);
    });
}

/// False if there is only one value.
bool SplitSearch::sort_values(std::uint32_t feature, std::span<const Sample> samples, const NodeCounts& counts) {
    keys_.resize(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const Sample& sample = samples[i];
        keys_[i] = std::uint64_t{ordered_bits(table_.value(feature, sample.position))} << 32 |
                   std::uint64_t{counts.place[sample.label]} << 16 | sample.draws;
    }
    const auto [lowest, highest] = std::minmax_element(keys_.begin(), keys_.end());
    if (rank_of(*lowest) == rank_of(*highest)) return false;
    std::sort(keys_.begin(), keys_.end());
    return true;
}

/// Tries a split before every value; sort_values() has just sorted them.
void SplitSearch::improve_by_values(Split& best, std::uint32_t feature, const NodeCounts& counts) {
    start(counts);
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        const std::uint32_t rank = rank_of(keys_[i]);
        if (i > 0 && rank_of(keys_[i - 1]) != rank && has_large_sides() && score() > best.score)
            best = {score(), feature,
                    threshold_between(from_ordered_bits(rank_of(keys_[i - 1])), from_ordered_bits(rank)), -1};
        move_left(static_cast<std::uint16_t>(keys_[i] >> 16), static_cast<std::uint16_t>(keys_[i]));
    }
}

}  // namespace flowsift::learn
