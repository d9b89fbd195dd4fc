// What a model, or its baseline, says of many rows of a table at once.
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/table.h"
#include "learn/metrics.h"
#include "model/model.h"

namespace flowsift::learn {

/// Judges `rows` of `table` by the forest and by the baseline stump. Preconditions: the table has the
/// model's schema; the model has a stage for the depth of each row.
struct Judgement {
    Evaluation forest;
    Evaluation baseline;
};
Judgement judge_rows(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                     std::uint64_t minimum_support, std::size_t threads);

/// 0, 1, … rows of the table - 1.
std::vector<std::uint32_t> all_rows(const dataset::Table& table);

}  // namespace flowsift::learn
