// nearest_neighbours: the k nearest other rows of some rows, exactly, for SMOTE.
//
// Rows that are equal are searched for once, however many there are: flow tables are full of them. Pure function.
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/row_hash.h"

namespace flowsift::dataset {

/// For query i the numbers of the k nearest other rows of `columns` stand at [i * k, (i + 1) * k), nearest first, those
/// as near in order of their number. Distances are Euclidean, in double precision over the columns in their order
/// (the caller has scaled them), so that the result is the same at any number of `threads` (0 = all).
/// Precondition: at least k + 1 rows, finite values. The Error: stopped by `progress`, told in queries.
base::Result<std::vector<std::uint32_t>> nearest_neighbours(Columns columns, const std::vector<std::uint32_t>& queries,
                                                            std::size_t k, std::size_t threads,
                                                            const base::Progress& progress = {});

}  // namespace flowsift::dataset
