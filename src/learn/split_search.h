// SplitSearch: the best split of one node by a few features, by the Gini impurity of its two sides.
//
// Counts classes per bin, all features in one pass over the rows; in small nodes, where a bin is too coarse, sorts the
// real values. One per thread, for its scratch space is reused; allocates nothing but to grow that space.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "learn/binned_table.h"

namespace flowsift::learn {

/// A row of the tree's bootstrap sample.
struct Sample {
    std::uint32_t position;  ///< In BinnedTable.
    dataset::ClassIndex label;
    std::uint16_t draws;  ///< How often the bootstrap drew it.
};

/// What is known of a node before it is split.
struct NodeCounts {
    std::vector<std::uint32_t> draws;          ///< Per class.
    std::vector<dataset::ClassIndex> present;  ///< Classes with draws, ascending.
    std::vector<std::uint16_t> place;          ///< Per class that is present: its place among those.
    std::uint64_t total_draws = 0;
    std::vector<double> weight;  ///< Per class: draws times the class's weight.
    double total_weight = 0;
    double score = 0;  ///< Sum of squared weights / total weight; see Split::score.

    void count(std::span<const Sample> samples, std::span<const double> class_weights);
};

struct Split {
    /// Sum over the two sides of (sum of squared class weights / weight of the side). Weighted Gini impurity is the
    /// weight less this, so the largest score is the purest split, and its gain is this less the node's own score.
    double score = -1;
    std::uint32_t feature = 0;
    float threshold = 0;
    int last_left_bin = -1;  ///< Rows up to this bin go left; -1: the split lies within a bin, compare values.

    bool exists() const { return score >= 0; }
};

class SplitSearch {
  public:
    /// Nodes of at most `exact_rows` distinct rows are split between real values, larger ones between bins.
    SplitSearch(const BinnedTable& table, std::span<const double> class_weights, std::uint32_t min_leaf_draws,
                std::size_t exact_rows);

    /// Replaces `best` by a better split of this node by one of `features`, if there is one (of equal ones the first
    /// stays).
    void improve(Split& best, std::span<const std::uint32_t> features, std::span<const Sample> samples,
                 const NodeCounts& counts);

  private:
    /// A bit per bin.
    struct Marks {
        std::array<std::uint64_t, kMaxBins / 64> words{};

        static Marks all() { return {{~0ULL, ~0ULL, ~0ULL, ~0ULL}}; }
        void set(std::uint8_t bin) { words[bin / 64] |= 1ULL << (bin % 64); }

        /// Calls visit(bin) for each marked bin below `bins`, ascending.
        template <class Visit>
        void for_each(std::size_t bins, Visit&& visit) const {
            for (std::size_t word = 0; word < words.size(); ++word)
                for (std::uint64_t left = words[word]; left != 0; left &= left - 1) {
                    const std::size_t bin = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
                    if (bin >= bins) return;
                    visit(bin);
                }
        }
    };

    template <bool kMarks>
    void fill(std::span<const Sample> samples, const NodeCounts& counts);
    void improve_in_pass(Split& best, std::span<const std::uint32_t> features, std::span<const Sample> samples,
                         const NodeCounts& counts);
    void improve_by_bins(Split& best, std::uint32_t feature, std::size_t index, const NodeCounts& counts);
    bool sort_values(std::uint32_t feature, std::span<const Sample> samples, const NodeCounts& counts);
    void improve_by_values(Split& best, std::uint32_t feature, const NodeCounts& counts);
    void start(const NodeCounts& counts);
    void move_left(std::size_t place, std::uint32_t draws);
    double score() const { return left_squares_ / left_weight_ + right_squares_ / right_weight_; }
    bool has_large_sides() const { return left_draws_ >= min_leaf_draws_ && right_draws_ >= min_leaf_draws_; }

    const BinnedTable& table_;
    std::span<const double> class_weights_;
    std::uint64_t min_leaf_draws_;
    std::size_t exact_rows_;

    std::vector<const std::uint8_t*> columns_;  ///< Codes of the features of one pass.
    std::vector<std::uint32_t> histograms_;     ///< Draws per feature, class of the node and bin; zero between nodes.
    std::vector<Marks> marks_;                  ///< Per feature of the pass: bins that may have rows.
    std::vector<std::uint64_t> keys_;           ///< Value, class and draws of a sample in one sortable number.

    // The two sides of the split under trial, per class of the node. All these are whole numbers, exact in a double,
    // unless classes are weighted.
    std::vector<double> weights_;
    std::vector<double> left_;
    std::vector<double> right_;
    double left_weight_ = 0;
    double right_weight_ = 0;
    double left_squares_ = 0;
    double right_squares_ = 0;
    std::uint64_t left_draws_ = 0;
    std::uint64_t right_draws_ = 0;
};

/// A float t with a <= t < b, halfway where that exists. Precondition: a < b, finite.
float threshold_between(float a, float b);

}  // namespace flowsift::learn
