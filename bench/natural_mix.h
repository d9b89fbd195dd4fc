// natural_mix: the corrected CIC-IDS2017 rows, bootstrapped with jitter to the class mix of the whole data set.
//
// The corrected file is nearly balanced; a network is not. Deterministic for a seed, on every machine.
#pragma once

#include <cstdint>

#include "dataset/table.h"

namespace flowsift::bench {

/// About `total_rows` rows, at least four of each class that the mix knows; other classes are left out. A row is drawn
/// with replacement and every value multiplied by its own 1 + 0.01 u (u uniform in [-1, 1)), rounded where the feature
/// is a whole number.
dataset::Table natural_mix(const dataset::Table& rows, std::size_t total_rows, std::uint64_t seed);

}  // namespace flowsift::bench
