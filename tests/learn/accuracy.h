// How many rows a forest judges right, counted plainly.
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/table.h"
#include "model/forest.h"

namespace flowsift::learn {

inline double accuracy(const model::Forest& forest, const dataset::Table& table,
                       const std::vector<std::uint32_t>& rows) {
    std::vector<float> row(forest.feature_count), probabilities(forest.class_count);
    double right = 0;
    for (const std::uint32_t i : rows) {
        for (std::size_t f = 0; f < row.size(); ++f) row[f] = table.columns[f][i];
        forest.predict(row, probabilities);
        right += model::most_probable(probabilities) == table.labels[i] ? 1 : 0;
    }
    return right / static_cast<double>(rows.size());
}

}  // namespace flowsift::learn
