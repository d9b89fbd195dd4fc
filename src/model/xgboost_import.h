// XGBoost import: a model that libxgboost saved (JSON or UBJSON, version 1.7 and near ones) as a Forest.
//
// XGBoost asks `x < t`, flowsift `x <= t`: for float rows both are the same where our t is the next float below
// theirs, so every row takes the same way and the sums have the same bits. Rows never lack a value here, so that
// XGBoost's directions for missing values are not kept. Any thread; the result belongs to the caller.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/forest.h"

namespace flowsift::model {

struct XgboostModel {
    Forest forest;                           ///< Passes check_forest(); covers are sums of Hessians.
    std::vector<std::string> feature_names;  ///< As the model gives them: one per feature, or none.
};

/// All rounds of a model of booster gbtree whose objective is multi:softprob, multi:softmax or binary:logistic. Errors,
/// which begin with `name`: neither format, another booster or objective, categorical splits, several trees per round
/// and class, several targets, trees that are none.
base::Result<XgboostModel> parse_xgboost(base::Bytes file, const std::string& name);

/// The same of a file. Error also: it cannot be read.
base::Result<XgboostModel> open_xgboost(const std::string& path);

}  // namespace flowsift::model
