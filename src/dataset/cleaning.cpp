#include "dataset/cleaning.h"

#include <algorithm>
#include <iterator>

#include "dataset/row_hash.h"

namespace flowsift::dataset {
namespace {

using Rows = std::vector<std::uint32_t>;

bool is_same_flow(const Table& table, std::uint32_t a, std::uint32_t b) {
    return table.depth(a) == table.depth(b) && are_equal_rows(table.columns, a, b);
}

bool is_same_row(const Table& table, std::uint32_t a, std::uint32_t b) {
    return table.labels[a] == table.labels[b] && is_same_flow(table, a, b);
}

/// One of each, so that a million equal rows are compared with one row and not with each other.
std::vector<HashedRow> distinct(const Table& table, const std::vector<HashedRow>& rows) {
    std::vector<HashedRow> kept;
    std::size_t first_of_hash = 0;
    for (const HashedRow& entry : rows) {
        if (!kept.empty() && kept.back().hash != entry.hash) first_of_hash = kept.size();
        const bool is_known =
            std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(first_of_hash), kept.end(),
                        [&](const HashedRow& other) { return is_same_row(table, other.row, entry.row); });
        if (!is_known) kept.push_back(entry);
    }
    return kept;
}

void count_by_class(const Table& table, Rows& rows, std::vector<std::uint64_t>& per_class) {
    std::sort(rows.begin(), rows.end());
    per_class.assign(table.classes.size(), 0);
    for (const std::uint32_t row : rows) ++per_class[table.labels[row]];
}

}  // namespace

Overlap find_overlap(const Table& table, const Split& split) {
    Overlap overlap;
    const auto test = hash_rows(table.columns, split.test);
    overlap.test_duplicates = test.size() - distinct(table, test).size();
    const auto train = distinct(table, hash_rows(table.columns, split.train));
    overlap.train_duplicates = split.train.size() - train.size();
    auto candidate = train.begin();
    for (const HashedRow& tested : test) {
        while (candidate != train.end() && candidate->hash < tested.hash) ++candidate;
        bool is_shared = false, is_contradictory = false;
        for (auto other = candidate; other != train.end() && other->hash == tested.hash; ++other)
            if (is_same_flow(table, other->row, tested.row))
                (table.labels[other->row] == table.labels[tested.row] ? is_shared : is_contradictory) = true;
        if (is_shared) overlap.shared.push_back(tested.row);
        if (is_contradictory) overlap.contradictory.push_back(tested.row);
    }
    count_by_class(table, overlap.shared, overlap.shared_per_class);
    count_by_class(table, overlap.contradictory, overlap.contradictory_per_class);
    return overlap;
}

Split without_shared(const Split& split, const Overlap& overlap) {
    Split rest{split.train, {}};
    std::set_difference(split.test.begin(), split.test.end(), overlap.shared.begin(), overlap.shared.end(),
                        std::back_inserter(rest.test));
    return rest;
}

std::vector<std::string> constant_columns(const Table& table, const Rows& rows) {
    std::vector<std::string> names;
    if (rows.empty()) return names;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        const float first = column[rows.front()];
        if (std::all_of(rows.begin(), rows.end(), [&](std::uint32_t row) { return column[row] == first; }))
            names.emplace_back(table.schema.feature(i).name);
    }
    return names;
}

}  // namespace flowsift::dataset
