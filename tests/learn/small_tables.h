// Tables for tests, written out or drawn at random.
#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.h"
#include "dataset/table.h"

namespace flowsift::learn {

/// Addresses and times are unknown.
inline dataset::Table table_of(std::vector<std::vector<float>> columns, std::vector<dataset::ClassIndex> labels,
                               std::size_t class_count) {
    dataset::Table table;
    table.columns = std::move(columns);
    table.labels = std::move(labels);
    table.five_tuples.resize(table.rows());
    table.times.resize(table.rows());
    table.sources.resize(table.rows());
    for (std::size_t c = 0; c < class_count; ++c) table.classes.push_back("class " + std::to_string(c));
    return table;
}

inline std::vector<std::uint32_t> every_row(const dataset::Table& table) {
    std::vector<std::uint32_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// Features of 2, 4, 6, … distinct values; the class depends on the first two, with noise.
inline dataset::Table random_table(std::size_t rows, std::size_t features, std::size_t classes, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::vector<float>> columns(features, std::vector<float>(rows));
    std::vector<dataset::ClassIndex> labels(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t f = 0; f < features; ++f)
            columns[f][i] = 0.5F * static_cast<float>(random.below(static_cast<std::uint32_t>(2 * f + 2))) - 1;
        const float signal = columns[0][i] + (features > 1 ? columns[1][i] : 0) + 3;
        const bool is_noise = random.below(5) == 0;
        labels[i] = static_cast<dataset::ClassIndex>(is_noise ? random.below(static_cast<std::uint32_t>(classes))
                                                              : static_cast<std::size_t>(2 * signal) % classes);
    }
    return table_of(std::move(columns), std::move(labels), classes);
}

}  // namespace flowsift::learn
