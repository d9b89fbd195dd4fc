// The baseline stump: the best single split of one feature, with the majority class on either side. The least that
// learns anything: a forest's figures mean little where this comes near them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"
#include "model/model.h"

namespace flowsift::learn {

/// Of all splits of all features the one with the largest Gini gain over `rows` (not empty). Values are compared in at
/// most 256 bins per feature. Without any gain both sides say the majority class.
model::Stump train_stump(const dataset::Table& table, const std::vector<std::uint32_t>& rows, std::size_t threads);

/// "one split: Flow Duration at 1234".
std::string describe(const model::Stump& stump, const features::Schema& schema);

}  // namespace flowsift::learn
