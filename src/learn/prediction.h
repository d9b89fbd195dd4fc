// What a model, or its baseline, says of many rows of a table at once, and how good that is: in short (judge_rows) or
// with curves, calibration, alarms and sources (judge_thoroughly).
//
// The work is spread over threads; results do not depend on their number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataset/table.h"
#include "learn/alarms.h"
#include "learn/curves.h"
#include "learn/metrics.h"
#include "model/model.h"

namespace flowsift::learn {

/// Per row asked for, in its order.
struct Answers {
    std::vector<ClassIndex> truth;      ///< Into the table's classes.
    std::vector<ClassIndex> by_forest;  ///< Into the model's classes, like all below.
    std::vector<ClassIndex> by_stump;
    std::vector<float> probabilities;  ///< Per row one per class of the model, as the forest says.
    std::vector<float> confidences;    ///< The calibrated probability that by_forest is right.
};

/// Preconditions here and below: the table has the model's schema; the model has a stage for the depth of each row.
Answers ask(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
            std::size_t threads);

/// What the forest said; views all three arguments.
Predictions predictions_of(const model::Model& model, const dataset::Table& table, const Answers& answers);

/// Judges `rows` of `table` by the forest and by the baseline stump.
struct Judgement {
    Evaluation forest;
    Evaluation baseline;
};
Judgement judge_rows(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                     std::uint64_t minimum_support, std::size_t threads);

/// The rows of one file or capture.
struct SourceFigures {
    std::string name;
    Evaluation evaluation;
};

struct ThoroughJudgement {
    Evaluation forest;
    Evaluation baseline;
    std::optional<Alarms> alarms;
    std::vector<Ranking> rankings;
    Reliability reliability;
    std::vector<SourceFigures> sources;  ///< Those that have rows, in the table's order.
};

ThoroughJudgement judge_thoroughly(const model::Model& model, const dataset::Table& table,
                                   const std::vector<std::uint32_t>& rows, std::uint64_t minimum_support,
                                   std::size_t threads);

/// Members of the object that the writer is in: curves, calibration, alarms, sources.
void write_json_members(const ThoroughJudgement& judgement, double benign_flows_per_day, base::JsonWriter& json);

/// 0, 1, … rows of the table - 1.
std::vector<std::uint32_t> all_rows(const dataset::Table& table);

}  // namespace flowsift::learn
