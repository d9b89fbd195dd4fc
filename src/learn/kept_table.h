// The rows that a model keeps of its training: which of a table, and the table again. Deterministic; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"
#include "model/model.h"

namespace flowsift::learn {

/// Which stage a row of this depth belongs to: index into `depths` (ascending), their number for a whole flow; empty
/// for a row that no stage is for.
std::optional<std::size_t> stage_index(const std::vector<std::uint64_t>& depths, std::uint64_t depth);

/// At most `most` rows of each class and stage, ascending: a random sample by the seed, in which rows of one five-tuple
/// are in or out together (at all stages) as far as the number allows.
std::vector<std::uint32_t> rows_to_keep(const dataset::Table& table, const std::vector<std::uint64_t>& depths,
                                        std::uint64_t most, std::uint64_t seed);

/// As model::Model::kept_rows. Error: too many.
base::Result<std::vector<std::uint8_t>> pack_table(const dataset::Table& table, const std::vector<std::uint32_t>& rows);

/// The rows that the model keeps, with its classes, schema and profile. Error: it keeps none, which says what to do;
/// damage.
base::Result<dataset::Table> kept_table(const model::Model& model);

}  // namespace flowsift::learn
