// What makes figures of a split too good: rows that stand on both sides, rows that contradict each other, columns that
// say nothing.
//
// Rows are compared by all their values, exactly (0 and -0 are equal), and by their depth: a checkpoint is not the
// whole flow. Pure functions; a hash finds candidates, a full comparison decides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataset/splits.h"
#include "dataset/table.h"

namespace flowsift::dataset {

/// What the tested rows of a split have in common with those it trains on. Row numbers ascend; a row may be in both
/// lists, where the trained side itself is contradictory.
struct Overlap {
    std::vector<std::uint32_t> shared;                   ///< Tested rows that stand among the trained, label and all.
    std::vector<std::uint64_t> shared_per_class;         ///< By label; one per Table::classes.
    std::vector<std::uint32_t> contradictory;            ///< Tested rows that stand there with another label.
    std::vector<std::uint64_t> contradictory_per_class;  ///< By their own label.
    std::uint64_t train_duplicates = 0;  ///< Rows that repeat an earlier one of their side, label and all.
    std::uint64_t test_duplicates = 0;
};

Overlap find_overlap(const Table& table, const Split& split);

/// `split` without the tested rows of `overlap.shared`.
Split without_shared(const Split& split, const Overlap& overlap);

/// Names, in schema order, of the columns that hold one and the same value in all of `rows` (in none where there are no
/// rows).
std::vector<std::string> constant_columns(const Table& table, const std::vector<std::uint32_t>& rows);

}  // namespace flowsift::dataset
