// SplitSearch: the best split of one node by one feature, by the Gini impurity of its two sides.
//
// Big nodes count classes per bin; small nodes, where a bin is too coarse, sort their real values. One per thread, for
// its scratch space is reused; allocates nothing after construction but to grow that space.
#pragma once

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

    /// Replaces `best` by a better split of this node by `feature`, if there is one (of equal ones the first stays).
    /// False if the feature has only one value in this node.
    void improve(Split& best, std::uint32_t feature, std::span<const Sample> samples, const NodeCounts& counts);

  private:
    void improve_by_bins(Split& best, std::uint32_t feature, std::span<const Sample> samples, const NodeCounts& counts);
    void improve_by_sorting(Split& best, std::uint32_t feature, std::span<const Sample> samples,
                            const NodeCounts& counts);
    void start(const NodeCounts& counts);
    void move_left(dataset::ClassIndex label, std::uint32_t draws);
    bool is_better(const Split& best) const;

    const BinnedTable& table_;
    std::span<const double> class_weights_;
    std::uint64_t min_leaf_draws_;
    std::size_t exact_rows_;

    std::vector<std::uint32_t> histogram_;  ///< Draws per bin and class.
    std::vector<std::uint64_t> keys_;       ///< Value, class and draws of a sample in one sortable number.

    // The two sides of the split under trial. All these are whole numbers, exact in a double, unless classes are
    // weighted.
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
