// Table: labelled rows in memory, column by column: what training and evaluation work on.
//
// Values are float32: the same rounding happens to a live row (model/model.h), so training and serving compare equal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "features/schema.h"

namespace flowsift::dataset {

using ClassIndex = std::uint16_t;

struct Table {
    features::Schema schema;                  ///< What the columns are.
    std::vector<std::vector<float>> columns;  ///< schema.size() columns of rows() values each; all finite.
    std::vector<ClassIndex> labels;           ///< Index into classes, one per row.
    std::vector<std::string> classes;         ///< Sorted, distinct; may hold classes without rows after a split.
    std::vector<std::uint64_t> five_tuples;   ///< Direction-free hash of addresses, ports, protocol; 0 = unknown.
    std::vector<std::uint64_t> hosts;         ///< Hash of the initiator's address; 0 = unknown. May be empty.
    std::vector<base::Nanoseconds> times;     ///< First packet; 0 = unknown.
    std::vector<std::uint32_t> sources;       ///< Index into source_names.
    std::vector<std::string> source_names;    ///< Files or captures that the rows came from.
    /// Packets that the flow had had, of a row that was told while it went on (a checkpoint); 0 of a whole flow. Empty
    /// where all rows are of whole flows.
    std::vector<std::uint64_t> depths;
    std::string profile;  ///< Name of the assembly profile; "mixed" only on request.

    std::size_t rows() const { return labels.size(); }
    std::uint64_t depth(std::size_t row) const { return depths.empty() ? 0 : depths[row]; }
};

/// The rows with these indices, in that order; classes, schema and names stay.
Table select_rows(const Table& table, const std::vector<std::uint32_t>& rows);

/// Rows of this depth, ascending.
std::vector<std::uint32_t> rows_of_depth(const Table& table, std::uint64_t depth);

/// Rows of depths from `first` to `last`, ascending.
std::vector<std::uint32_t> rows_of_depths(const Table& table, std::uint64_t first, std::uint64_t last);

}  // namespace flowsift::dataset
