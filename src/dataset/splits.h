// Splits of a table into rows to learn from and rows to judge by. Which split one takes decides what the figures mean:
// random flatters, by five-tuple is fairer, by time is what happens to a detector that is installed.
//
// Deterministic for a seed, on every machine. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"

namespace flowsift::dataset {

/// Row numbers of the table, ascending, disjoint, together all rows.
struct Split {
    std::vector<std::uint32_t> train;
    std::vector<std::uint32_t> test;
};

/// Random within each class: of a class of n rows, n * test_share (rounded to the nearest, half up) are tested.
/// Error: a share that is not between 0 and 1.
base::Result<Split> split_stratified(const Table& table, double test_share, std::uint64_t seed);

/// No five-tuple on both sides. Groups come in random order, and one is tested where that brings the tested rows per
/// class nearer to the share (a class is off by at most half its largest group where groups are of one class).
/// Error: as above, or rows whose five-tuple is unknown.
base::Result<Split> split_by_group(const Table& table, double test_share, std::uint64_t seed);

/// The same for hosts that began the flows (Table::hosts): judged by hosts that the model has never seen.
base::Result<Split> split_by_host(const Table& table, double test_share, std::uint64_t seed);

/// Rows of the named sources (files, captures) are tested, all others train. Error: a name that is no source, or a side
/// without rows.
base::Result<Split> split_by_source(const Table& table, const std::vector<std::string>& tested);

enum class TimeOrder {
    kPerClass,  ///< The earlier part of each class trains: every class is on both sides.
    kGlobal,    ///< The earlier part of all rows trains: what comes later may be of a class never seen.
};

/// The later `test_share` of the rows is tested; equal times stay in row order. Error: as above, or unknown times.
base::Result<Split> split_by_time(const Table& table, double test_share, TimeOrder order);

}  // namespace flowsift::dataset
