// Folds for cross-validation: every row is tested once, by a model that has learnt from the other folds.
//
// Deterministic for a seed, on every machine. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "dataset/row_groups.h"
#include "dataset/splits.h"

namespace flowsift::dataset {

/// `folds` splits; the tested rows of all together are all rows, each once. Random within each class: the folds' rows
/// differ by one at most, in all and of each class. Error: fewer than two folds, or more than rows.
base::Result<std::vector<Split>> k_fold_stratified(const Table& table, std::size_t folds, std::uint64_t seed);

/// The same without a group on both sides of a split. The largest groups are dealt first, each to the fold that has the
/// smallest part of the group's classes, so that folds are alike as far as the groups allow. Error: as above with
/// groups for rows, or rows whose group is unknown.
base::Result<std::vector<Split>> k_fold_by_group(const Table& table, std::size_t folds, std::uint64_t seed, GroupBy by);

}  // namespace flowsift::dataset
