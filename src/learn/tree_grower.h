// TreeGrower: grows one decision tree on a bootstrap sample, breadth-first, so that nodes come out in the order of
// model::Tree. One per thread; its result depends on the table, the options and the random stream only.
//
// Children's histograms are not derived by subtraction: each node draws its own few features, so that a parent's
// histogram is rarely of use to a child.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "learn/binned_table.h"
#include "learn/split_search.h"
#include "model/forest.h"

namespace flowsift::learn {

struct TreeOptions {
    std::uint32_t features_per_split = 1;
    std::uint32_t min_leaf_draws = 1;
    std::uint32_t max_depth = 1;
    std::size_t exact_rows = 0;  ///< As in SplitSearch.
};

class TreeGrower {
  public:
    /// The table must outlive the grower. `class_count` ≥ every label + 1.
    TreeGrower(const BinnedTable& table, std::size_t class_count, const TreeOptions& options);

    /// `draws`: how often each row is in the sample. `class_weights`: > 0, one per class. Adds each feature's decrease
    /// in impurity, as a share of the tree's sum, to `importance`.
    model::Tree grow(std::span<const std::uint16_t> draws, std::span<const double> class_weights, base::Random& random,
                     std::span<double> importance);

  private:
    struct Range {
        std::size_t begin;
        std::size_t end;
        std::uint32_t depth;
    };

    void take_samples(std::span<const std::uint16_t> draws);
    Split find_split(std::span<const Sample> samples, base::Random& random, SplitSearch& search);
    std::size_t partition(const Range& range, const Split& split);
    std::uint32_t add_leaf(model::Tree& tree);
    bool must_be_leaf(const Range& range) const;

    const BinnedTable& table_;
    std::size_t class_count_;
    TreeOptions options_;
    std::vector<Sample> samples_;
    std::vector<Sample> spare_;
    std::vector<Range> ranges_;            ///< Of samples_, per node of the tree.
    std::vector<std::uint32_t> features_;  ///< All of them, in an order that each node shuffles on.
    std::vector<std::int64_t> pure_leaf_;  ///< Per class: the tree's leaf of this class alone, or -1.
    NodeCounts counts_;
};

}  // namespace flowsift::learn
