// Row hashes: rows that may be equal brought together, so that equal ones are found without comparing all pairs.
//
// Pure functions of columns; 0 and -0 are one value, as they compare. Equal hashes want a full comparison.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace flowsift::dataset {

using Columns = std::span<const std::vector<float>>;

struct HashedRow {
    std::uint64_t hash;
    std::uint32_t row;
};

/// In order of their hash, rows of equal hash in order of their number.
std::vector<HashedRow> hash_rows(Columns columns, std::span<const std::uint32_t> rows);

/// The full comparison.
bool are_equal_rows(Columns columns, std::uint32_t a, std::uint32_t b);

}  // namespace flowsift::dataset
