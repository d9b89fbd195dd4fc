// Cross table: every model on every data set. The diagonal of models judged where they were made flatters; the rest is
// what they are worth elsewhere.
//
// Plain data and pure functions; the models are asked elsewhere (app/cross_evaluation.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "learn/alarms.h"
#include "learn/metrics.h"

namespace flowsift::learn {

struct CrossCell {
    std::optional<Evaluation> evaluation;
    std::string missing;     ///< Why there is none: "the data has no column …".
    bool is_learnt = false;  ///< The model has learnt from a file of the same bytes.
};

struct CrossTable {
    std::vector<std::string> models;  ///< File names.
    std::vector<std::string> data;
    std::vector<CrossCell> cells;  ///< Row-major: model by model.
    double benign_flows_per_day = 1'000'000;

    const CrossCell& at(std::size_t model, std::size_t data_set) const { return cells[model * data.size() + data_set]; }
};

/// A line per model and data set, at most 100 columns wide: flows, accuracy, macro-F1, attacks noticed, benign flows
/// taken for an attack. UTF-8, with a final newline.
std::string to_text(const CrossTable& table);

/// One JSON object.
void write_json(const CrossTable& table, base::JsonWriter& json);

/// A self-contained page as report.h's. `remarks`: what the reader should know first.
std::string html_report(const CrossTable& table, const std::vector<std::string>& remarks);

}  // namespace flowsift::learn
