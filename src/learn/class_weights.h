// Class weights: how much a row of each class counts in training. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"
#include "learn/forest_trainer.h"

namespace flowsift::learn {

/// One number per class of the table.
std::vector<std::uint64_t> rows_per_class(const dataset::Table& table, std::span<const std::uint32_t> rows);

/// Rows / (classes with rows × rows of the class); 1 for a class without rows, which meets no sample.
std::vector<double> balanced_weights(std::span<const std::uint64_t> rows_per_class);

/// One weight per class of the table. Error: explicit ones that are not one number above 0 for each class, or
/// kBalancedSubsample, which only a bootstrap has.
base::Result<std::vector<double>> class_weights_of(const dataset::Table& table, std::span<const std::uint32_t> rows,
                                                   ClassWeights kind, const std::vector<double>& explicit_weights);

}  // namespace flowsift::learn
