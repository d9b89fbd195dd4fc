// Any bytes as an XGBoost model in JSON: what opens has trees that a row can walk.
#include <vector>

#include "model/xgboost_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto model = flowsift::model::parse_xgboost({data, size}, "fuzz");
    if (!model) return 0;
    const std::vector<float> row(model->forest.feature_count, 1.0F);
    std::vector<float> probabilities(model->forest.class_count);
    model->forest.predict(row, probabilities);
    return 0;
}
