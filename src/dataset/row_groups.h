// Row groups: rows that belong together, by their five-tuple, by the host that began them, or by where they come from.
// What a split or a fold must not tear apart. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"

namespace flowsift::dataset {

enum class GroupBy {
    kFiveTuple,  ///< Table::five_tuples.
    kHost,       ///< Table::hosts: a host that attacks does so in many flows.
    kSource,     ///< Table::sources: files, captures, days.
};

/// Every row in one group, ascending within it; groups in the order of their key, which is no order that a user knows.
/// The Error: rows whose key is unknown.
base::Result<std::vector<std::vector<std::uint32_t>>> group_rows(const Table& table, GroupBy by);

}  // namespace flowsift::dataset
