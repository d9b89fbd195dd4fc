#include "dataset/join.h"

#include <cassert>

namespace flowsift::dataset {
namespace {

template <class T>
void append(const std::vector<T>& from, std::vector<T>& to) {
    to.insert(to.end(), from.begin(), from.end());
}

/// Where one of the two has no values: zeros for its rows.
void append_optional(const std::vector<std::uint64_t>& from, std::size_t rows_from, std::size_t rows_to,
                     std::vector<std::uint64_t>& to) {
    if (from.empty() && to.empty()) return;
    to.resize(rows_to);
    append(from, to);
    to.resize(rows_to + rows_from);
}

}  // namespace

void append_rows(const Table& from, Table& to) {
    assert(from.schema.features == to.schema.features && from.classes == to.classes);
    append_optional(from.hosts, from.rows(), to.rows(), to.hosts);
    append_optional(from.depths, from.rows(), to.rows(), to.depths);
    for (std::size_t i = 0; i < to.columns.size(); ++i) append(from.columns[i], to.columns[i]);
    append(from.labels, to.labels);
    append(from.five_tuples, to.five_tuples);
    append(from.times, to.times);
    const auto first = static_cast<std::uint32_t>(to.source_names.size());
    for (const std::uint32_t source : from.sources) to.sources.push_back(first + source);
    to.source_names.insert(to.source_names.end(), from.source_names.begin(), from.source_names.end());
}

}  // namespace flowsift::dataset
