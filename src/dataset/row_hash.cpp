#include "dataset/row_hash.h"

#include <algorithm>
#include <bit>

namespace flowsift::dataset {
namespace {

/// A multiplication by an odd number and a shift are one-to-one: different rows meet only by chance.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 32);
}

}  // namespace

std::vector<HashedRow> hash_rows(Columns columns, std::span<const std::uint32_t> rows) {
    std::vector<HashedRow> result;
    result.reserve(rows.size());
    for (const std::uint32_t row : rows) result.push_back({0, row});
    // Column by column, as a table lies in memory.
    for (const auto& column : columns)
        for (HashedRow& entry : result)
            entry.hash = mix(entry.hash, std::bit_cast<std::uint32_t>(column[entry.row] + 0.0F));  // -0 becomes 0.
    std::sort(result.begin(), result.end(), [](const HashedRow& a, const HashedRow& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.row < b.row;
    });
    return result;
}

bool are_equal_rows(Columns columns, std::uint32_t a, std::uint32_t b) {
    return std::all_of(columns.begin(), columns.end(), [&](const auto& column) { return column[a] == column[b]; });
}

}  // namespace flowsift::dataset
