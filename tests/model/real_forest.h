// A forest learnt from real rows, those of CIC-IDS2017 in its corrected form, and rows that it has not seen.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "dataset/load.h"
#include "dataset/splits.h"
#include "learn/forest_trainer.h"

namespace flowsift::model {

struct RealForest {
    Forest forest;
    std::vector<float> rows;  ///< Row-major.
};

/// Nothing where FLOWSIFT_DATA is not set.
inline std::optional<RealForest> real_forest(std::uint32_t trees) {
    const char* data = std::getenv("FLOWSIFT_DATA");
    if (!data) return std::nullopt;
    const auto loaded = dataset::load_csv_files({std::string(data) + "/cicids2017/cicids2017-corrected.csv"}, {});
    const auto split = dataset::split_stratified(loaded.value().table, 0.25, 1);
    auto trained = learn::train_forest(loaded->table, split.value().train, {.trees = trees, .seed = 1}, {});
    RealForest real{.forest = std::move(trained.value().forest)};
    for (const std::uint32_t row : split->test)
        for (const auto& column : loaded->table.columns) real.rows.push_back(column[row]);
    return real;
}

}  // namespace flowsift::model
