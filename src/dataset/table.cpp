#include "dataset/table.h"

namespace flowsift::dataset {
namespace {

template <class T>
std::vector<T> pick(const std::vector<T>& from, const std::vector<std::uint32_t>& rows) {
    std::vector<T> picked;
    picked.reserve(rows.size());
    for (const std::uint32_t row : rows) picked.push_back(from[row]);
    return picked;
}

}  // namespace

Table select_rows(const Table& table, const std::vector<std::uint32_t>& rows) {
    Table selected;
    selected.schema = table.schema;
    selected.classes = table.classes;
    selected.source_names = table.source_names;
    selected.profile = table.profile;
    selected.columns.reserve(table.columns.size());
    for (const auto& column : table.columns) selected.columns.push_back(pick(column, rows));
    selected.labels = pick(table.labels, rows);
    selected.five_tuples = pick(table.five_tuples, rows);
    if (!table.hosts.empty()) selected.hosts = pick(table.hosts, rows);
    selected.times = pick(table.times, rows);
    selected.sources = pick(table.sources, rows);
    if (!table.depths.empty()) selected.depths = pick(table.depths, rows);
    return selected;
}

std::vector<std::uint32_t> rows_of_depth(const Table& table, std::uint64_t depth) {
    return rows_of_depths(table, depth, depth);
}

std::vector<std::uint32_t> rows_of_depths(const Table& table, std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < table.rows(); ++row)
        if (table.depth(row) >= first && table.depth(row) <= last) rows.push_back(row);
    return rows;
}

}  // namespace flowsift::dataset
