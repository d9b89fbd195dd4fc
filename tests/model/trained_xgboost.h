// What libxgboost itself trains and predicts, for tests that compare with it.
#pragma once

#include <gtest/gtest.h>
#include <xgboost/c_api.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"

namespace flowsift::model {

/// Rows of floats, row-major, and a class for each that depends on them.
struct RandomRows {
    std::size_t features = 0;
    std::vector<float> values;
    std::vector<float> classes;

    std::size_t rows() const { return classes.size(); }
    std::span<const float> row(std::size_t i) const { return {&values[i * features], features}; }
};

/// Multiples of 1/8 within ±8: many rows share values, and thresholds meet them exactly.
inline RandomRows random_rows(std::size_t rows, std::size_t features, std::uint32_t classes, std::uint64_t seed) {
    base::Random random(seed);
    RandomRows made{.features = features};
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t f = 0; f < features; ++f)
            made.values.push_back(0.125F * static_cast<float>(random.below(128)) - 8);
        const float* row = &made.values[i * features];
        const auto signal = static_cast<std::uint32_t>((row[0] > 0) + 2 * (row[1 % features] > row[2 % features]));
        made.classes.push_back(static_cast<float>(random.below(4) == 0 ? random.below(classes) : signal % classes));
    }
    return made;
}

inline void expect_done(int status) {
    ASSERT_EQ(status, 0) << XGBGetLastError();
}

/// One booster and the matrix that it was trained with.
class TrainedXgboost {
  public:
    using Options = std::vector<std::pair<std::string, std::string>>;

    TrainedXgboost(const RandomRows& data, const Options& options, int rounds) {
        expect_done(XGDMatrixCreateFromMat(data.values.data(), data.rows(), data.features, -999.0F, &matrix_));
        expect_done(XGDMatrixSetFloatInfo(matrix_, "label", data.classes.data(), data.rows()));
        expect_done(XGBoosterCreate(&matrix_, 1, &booster_));
        expect_done(XGBoosterSetParam(booster_, "nthread", "1"));
        for (const auto& [name, value] : options) expect_done(XGBoosterSetParam(booster_, name.c_str(), value.c_str()));
        for (int round = 0; round < rounds; ++round) expect_done(XGBoosterUpdateOneIter(booster_, round, matrix_));
    }
    TrainedXgboost(const TrainedXgboost&) = delete;
    TrainedXgboost& operator=(const TrainedXgboost&) = delete;
    ~TrainedXgboost() {
        XGBoosterFree(booster_);
        XGDMatrixFree(matrix_);
    }

    /// `format`: "json" or "ubj".
    std::vector<std::uint8_t> saved(const std::string& format) const {
        const std::string config = "{\"format\": \"" + format + "\"}";
        bst_ulong size = 0;
        const char* bytes = nullptr;
        expect_done(XGBoosterSaveModelToBuffer(booster_, config.c_str(), &size, &bytes));
        return {bytes, bytes + size};
    }

    /// `type`: 0 probabilities, 1 margins, 2 contributions (per row and group: one per feature, then the expectation).
    std::vector<float> predict(const RandomRows& data, int type) const {
        DMatrixHandle matrix = nullptr;
        expect_done(XGDMatrixCreateFromMat(data.values.data(), data.rows(), data.features, -999.0F, &matrix));
        const std::string config = "{\"type\": " + std::to_string(type) +
                                   ", \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
                                   "\"strict_shape\": true}";
        const bst_ulong* shape = nullptr;
        bst_ulong dimensions = 0;
        const float* result = nullptr;
        expect_done(XGBoosterPredictFromDMatrix(booster_, matrix, config.c_str(), &shape, &dimensions, &result));
        std::size_t count = 1;
        for (bst_ulong d = 0; d < dimensions; ++d) count *= shape[d];
        std::vector<float> values(result, result + count);
        XGDMatrixFree(matrix);
        return values;
    }

  private:
    DMatrixHandle matrix_ = nullptr;
    BoosterHandle booster_ = nullptr;
};

}  // namespace flowsift::model
