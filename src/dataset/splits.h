// Splits of a table into rows to learn from and rows to judge by. Which split one takes decides what the figures mean:
// random flatters, by five-tuple is fairer, by time is what happens to a detector that is installed.
//
// Deterministic for a seed, on every machine. Pure functions.
#pragma once

#include <cstdint>
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

/// What must not stand on both sides.
enum class Grouping {
    kFiveTuple,  ///< The same addresses, ports and protocol.
    kHost,       ///< The same initiator.
    kCapture,    ///< The same file.
};

/// No group on both sides. Groups come in random order, and one is tested where that brings the tested rows per class
/// nearer to the share (a class is off by at most half its largest group where groups are of one class).
/// Error: as above, rows whose group is unknown, or all rows of one group.
base::Result<Split> split_by_group(const Table& table, Grouping grouping, double test_share, std::uint64_t seed);

/// Whether split_by_group() can tell the groups of all rows.
bool has_groups(const Table& table, Grouping grouping);

enum class TimeOrder {
    kPerClass,  ///< The earlier part of each class trains: every class is on both sides.
    kGlobal,    ///< The earlier part of all rows trains: what comes later may be of a class never seen.
};

/// The later `test_share` of the rows is tested; equal times stay in row order. Error: as above, or unknown times.
base::Result<Split> split_by_time(const Table& table, double test_share, TimeOrder order);

/// Of `rows`, this share of each class, rounded up; ascending, random by the seed. Smaller shares are parts of larger
/// ones.
std::vector<std::uint32_t> sample_stratified(const Table& table, const std::vector<std::uint32_t>& rows, double share,
                                             std::uint64_t seed);

/// `folds` splits whose tested rows are disjoint and together all rows: each row is judged once by a model that has not
/// learnt from it. Of a class of n rows, each fold tests n / folds, one more or less. Error: fewer than two folds, or
/// more than rows.
base::Result<std::vector<Split>> fold_stratified(const Table& table, std::size_t folds, std::uint64_t seed);

/// The same with no group on both sides of a fold: groups come in random order, and each goes to the fold that lacks
/// its classes most. Error: as above and as split_by_group(), or fewer groups than folds.
base::Result<std::vector<Split>> fold_by_group(const Table& table, Grouping grouping, std::size_t folds,
                                               std::uint64_t seed);

}  // namespace flowsift::dataset
