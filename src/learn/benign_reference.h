// Takes a model's BenignReference from the rows that a stage learns from. Deterministic; a pure function.
#pragma once

#include <cstdint>
#include <span>

#include "dataset/table.h"
#include "model/benign_reference.h"

namespace flowsift::learn {

/// Percentiles by nearest rank over at most 100,000 of `rows` of class `benign` (evenly spaced), bins by deciles, equal
/// ones taken together. Empty where there are fewer than 100 such rows.
model::BenignReference benign_reference(const dataset::Table& table, std::span<const std::uint32_t> rows, int benign);

}  // namespace flowsift::learn
