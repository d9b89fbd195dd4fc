// SMOTE: rare classes grown by synthetic rows on the lines between a row and its nearest neighbours of the same class.
//
// Chawla et al. 2002, and borderline-SMOTE1 of Han et al. 2005. For training only: never test on synthetic rows.
// Deterministic for a seed at any number of threads. Pure function.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"

namespace flowsift::dataset {

enum class SmoteVariant {
    kPlain,       ///< Every row of a class is the base of about equally many synthetic rows.
    kBorderline,  ///< Only rows in danger are: half or more, not all, of their neighbours are of other classes.
};

struct SmoteOptions {
    SmoteVariant variant = SmoteVariant::kPlain;
    std::size_t neighbours = 5;          ///< k: a synthetic row lies towards one of so many.
    std::size_t danger_neighbours = 10;  ///< m: so many of all classes tell whether a row is in danger.
    std::optional<std::uint64_t> cap;    ///< Smaller classes grow to so many rows; empty: to the size of the largest.
    std::vector<std::pair<std::string, std::uint64_t>> targets;  ///< Of single classes, instead of the cap.
    std::uint64_t seed = 1;
    std::size_t threads = 0;  ///< 0 = all.
};

struct ClassGrowth {
    std::string name;
    std::uint64_t before = 0;
    std::uint64_t after = 0;  ///< As before where the class has reached its target, or has no row to start from.
    std::uint64_t bases = 0;  ///< Rows that synthetic rows were made from.
};

struct Balanced {
    Table table;                       ///< The training rows in their order, then the synthetic rows class by class.
    std::vector<ClassGrowth> classes;  ///< Of all Table::classes.
};

/// Table::source_names of the synthetic rows.
inline constexpr std::string_view kSyntheticSource = "synthetic";

/// `rows`: the training rows of `table`, all of one depth. Neighbours are looked for among the rows of a class after
/// scaling (a StandardScaler fitted on `rows`); a class of fewer than k + 1 rows uses all that it has. Values lie
/// between those of the two rows, and are rounded to whole numbers in columns that hold nothing else. Synthetic rows
/// have five tuple 0, time 0 and a source of their own. Errors: no rows, rows of different depths, a target for a class
/// that does not exist, k or m of 0, too many rows for their numbers or for the memory, stopped by `progress`.
base::Result<Balanced> smote(const Table& table, const std::vector<std::uint32_t>& rows, const SmoteOptions& options,
                             const base::Progress& progress = {});

}  // namespace flowsift::dataset
