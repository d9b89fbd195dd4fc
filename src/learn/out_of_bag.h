// Out-of-bag probabilities: what a forest says of its own training rows, each judged by the trees that have not drawn
// it. An honest estimate without holding rows out, and what calibration is fitted on.
//
// A repeated row is two rows here: if one of them was drawn the tree has seen the other. Pure function; its threads
// share nothing but the output.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/binned_table.h"
#include "model/forest.h"

namespace flowsift::learn {

/// A bit per training row: whether a tree drew it.
class Bag {
  public:
    Bag() = default;
    explicit Bag(std::span<const std::uint16_t> draws) : words_((draws.size() + 63) / 64) {
        for (std::size_t i = 0; i < draws.size(); ++i) words_[i / 64] |= std::uint64_t{draws[i] != 0} << (i % 64);
    }

    bool holds(std::size_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }

  private:
    std::vector<std::uint64_t> words_;
};

/// Per row of `rows` one probability per class: the mean of the leaves it meets in the trees whose bag does not hold
/// it, summed in the order of the trees; NaN throughout where there is no such tree. `bags`: one per tree.
/// Precondition: a random forest (Combination::kMean).
std::vector<float> out_of_bag_probabilities(const model::Forest& forest, const BinnedTable& rows,
                                            std::span<const Bag> bags, std::size_t threads);

}  // namespace flowsift::learn
