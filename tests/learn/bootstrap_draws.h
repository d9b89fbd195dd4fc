// What a tree of a forest has drawn, worked out anew: the contract of ForestOptions::seed and draws_per_row.
#pragma once

#include <cmath>
#include <vector>

#include "base/random.h"
#include "learn/forest_trainer.h"

namespace flowsift::learn {

/// How often the tree drew each row: its own random stream, ceil(draws_per_row × rows) rows one after the other.
inline std::vector<std::uint16_t> bootstrap_draws(const ForestOptions& options, std::size_t tree, std::size_t rows) {
    base::Random random(options.seed, tree);
    std::vector<std::uint16_t> draws(rows, 0);
    const auto count = static_cast<std::size_t>(std::ceil(options.draws_per_row * static_cast<double>(rows)));
    for (std::size_t i = 0; i < count; ++i) ++draws[random.below(static_cast<std::uint32_t>(rows))];
    return draws;
}

}  // namespace flowsift::learn
