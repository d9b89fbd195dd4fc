#include "learn/prediction.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "base/parallel.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kRowsPerTask = 1'024;

Evaluation evaluate_stump(const model::Model& model, const dataset::Table& table, const Answers& answers,
                          std::uint64_t minimum_support) {
    Predictions predictions = predictions_of(model, table, answers);
    predictions.predicted = answers.by_stump;
    predictions.probabilities = {};
    return evaluate_predictions(predictions, minimum_support);
}

std::vector<SourceFigures> judge_sources(const Predictions& all, const dataset::Table& table,
                                         const std::vector<std::uint32_t>& rows, std::uint64_t minimum_support) {
    struct Part {
        std::vector<ClassIndex> truth, predicted;
    };
    std::vector<Part> parts(table.source_names.size());
    for (std::size_t i = 0; i < rows.size() && !parts.empty(); ++i) {
        Part& part = parts[table.sources[rows[i]]];
        part.truth.push_back(all.truth[i]);
        part.predicted.push_back(all.predicted[i]);
    }
    std::vector<SourceFigures> sources;
    for (std::size_t s = 0; s < parts.size(); ++s) {
        if (parts[s].truth.empty()) continue;
        const Predictions of_source{.data_classes = all.data_classes,
                                    .truth = parts[s].truth,
                                    .model_classes = all.model_classes,
                                    .predicted = parts[s].predicted};
        sources.push_back({table.source_names[s], evaluate_predictions(of_source, minimum_support)});
    }
    return sources;
}

}  // namespace

Answers ask(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
            std::size_t threads) {
    const std::size_t classes = model.classes.size();
    Answers answers{.truth = {},
                    .by_forest = std::vector<ClassIndex>(rows.size()),
                    .by_stump = std::vector<ClassIndex>(rows.size()),
                    .probabilities = std::vector<float>(rows.size() * classes),
                    .confidences = std::vector<float>(rows.size())};
    answers.truth.reserve(rows.size());
    for (const std::uint32_t row : rows) answers.truth.push_back(table.labels[row]);
    const std::size_t tasks = (rows.size() + kRowsPerTask - 1) / kRowsPerTask;
    base::parallel_for(tasks, threads, [&](std::size_t task, std::size_t) {
        std::vector<float> row(table.columns.size());
        const std::size_t end = std::min(rows.size(), (task + 1) * kRowsPerTask);
        for (std::size_t i = task * kRowsPerTask; i < end; ++i) {
            for (std::size_t j = 0; j < row.size(); ++j) row[j] = table.columns[j][rows[i]];
            const std::span<float> probabilities(answers.probabilities.data() + i * classes, classes);
            const model::Stage& stage = *model.stage_of(table.depth(rows[i]));
            stage.forest.predict(row, probabilities);
            const std::size_t chosen = model::most_probable(probabilities);
            answers.by_forest[i] = static_cast<ClassIndex>(chosen);
            answers.confidences[i] = stage.calibration.at(chosen, probabilities[chosen]);
            answers.by_stump[i] = model.baseline.predict(row);
        }
    });
    return answers;
}

Predictions predictions_of(const model::Model& model, const dataset::Table& table, const Answers& answers) {
    return {.data_classes = table.classes,
            .truth = answers.truth,
            .model_classes = model.classes,
            .predicted = answers.by_forest,
            .probabilities = answers.probabilities};
}

Judgement judge_rows(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                     std::uint64_t minimum_support, std::size_t threads) {
    const Answers answers = ask(model, table, rows, threads);
    return {.forest = evaluate_predictions(predictions_of(model, table, answers), minimum_support),
            .baseline = evaluate_stump(model, table, answers, minimum_support)};
}

ThoroughJudgement judge_thoroughly(const model::Model& model, const dataset::Table& table,
                                   const std::vector<std::uint32_t>& rows, std::uint64_t minimum_support,
                                   std::size_t threads) {
    const Answers answers = ask(model, table, rows, threads);
    const Predictions predictions = predictions_of(model, table, answers);
    ThoroughJudgement judgement{.forest = evaluate_predictions(predictions, minimum_support),
                                .baseline = evaluate_stump(model, table, answers, minimum_support),
                                .alarms = {},
                                .rankings = rank_classes(predictions),
                                .reliability = reliability_of(predictions, answers.confidences),
                                .sources = judge_sources(predictions, table, rows, minimum_support)};
    judgement.alarms = count_alarms(judgement.forest);
    return judgement;
}

void write_json_members(const ThoroughJudgement& judgement, double benign_flows_per_day, base::JsonWriter& json) {
    if (judgement.alarms) {
        json.key("alarms");
        write_json(*judgement.alarms, benign_flows_per_day, json);
    }
    json.key("calibration");
    write_json(judgement.reliability, json);
    json.key("curves").begin_array();
    for (const Ranking& ranking : judgement.rankings) write_json(ranking, json);
    json.end_array().key("sources").begin_array();
    for (const SourceFigures& source : judgement.sources) {
        json.begin_object().member("name", source.name).member("rows", source.evaluation.rows);
        json.member("accuracy", source.evaluation.accuracy).member("macro_f1", source.evaluation.macro_f1);
        json.end_object();
    }
    json.end_array();
}

std::vector<std::uint32_t> all_rows(const dataset::Table& table) {
    std::vector<std::uint32_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

}  // namespace flowsift::learn
