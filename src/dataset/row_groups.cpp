#include "dataset/row_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>

namespace flowsift::dataset {
namespace {

std::uint64_t key_of(const Table& table, std::uint32_t row, GroupBy by) {
    switch (by) {
        case GroupBy::kFiveTuple:
            return table.five_tuples[row];
        case GroupBy::kHost:
            return table.host(row);
        case GroupBy::kSource:
            return std::uint64_t{table.sources[row]} + 1;  // Every row has one.
    }
    return 0;
}

}  // namespace

base::Result<std::vector<std::vector<std::uint32_t>>> group_rows(const Table& table, GroupBy by) {
    std::vector<std::uint32_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    const auto key = [&](std::uint32_t row) { return key_of(table, row, by); };
    const auto unknown = std::count_if(rows.begin(), rows.end(), [&](std::uint32_t row) { return key(row) == 0; });
    if (unknown > 0) {
        const bool is_host = by == GroupBy::kHost;
        return base::Error{fmt::format(
            "a split by {} wants {}, which {} of {} rows lack; use a stratified split, or files "
            "with address columns",
            is_host ? "host" : "group", is_host ? "source addresses" : "addresses and ports", unknown, table.rows())};
    }
    std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    std::vector<std::vector<std::uint32_t>> groups;
    for (const std::uint32_t row : rows) {
        if (groups.empty() || key(groups.back().front()) != key(row)) groups.emplace_back();
        groups.back().push_back(row);
    }
    return groups;
}

}  // namespace flowsift::dataset
