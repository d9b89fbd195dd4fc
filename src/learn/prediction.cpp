#include "learn/prediction.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "base/parallel.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kRowsPerTask = 1'024;

struct Said {
    std::vector<ClassIndex> by_forest;
    std::vector<ClassIndex> by_stump;
    std::vector<float> probabilities;  ///< Per row one per class.
};

Said ask(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
         std::size_t threads) {
    const std::size_t classes = model.classes.size();
    Said said{std::vector<ClassIndex>(rows.size()), std::vector<ClassIndex>(rows.size()),
              std::vector<float>(rows.size() * classes)};
    const std::size_t tasks = (rows.size() + kRowsPerTask - 1) / kRowsPerTask;
    base::parallel_for(tasks, threads, [&](std::size_t task, std::size_t) {
        std::vector<float> row(table.columns.size());
        const std::size_t end = std::min(rows.size(), (task + 1) * kRowsPerTask);
        for (std::size_t i = task * kRowsPerTask; i < end; ++i) {
            for (std::size_t j = 0; j < row.size(); ++j) row[j] = table.columns[j][rows[i]];
            const std::span<float> probabilities(said.probabilities.data() + i * classes, classes);
            model.stage_of(table.depth(rows[i]))->forest.predict(row, probabilities);
            said.by_forest[i] = static_cast<ClassIndex>(model::most_probable(probabilities));
            said.by_stump[i] = model.baseline.predict(row);
        }
    });
    return said;
}

}  // namespace

Judgement judge_rows(const model::Model& model, const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                     std::uint64_t minimum_support, std::size_t threads) {
    const Said said = ask(model, table, rows, threads);
    std::vector<ClassIndex> truth;
    truth.reserve(rows.size());
    for (const std::uint32_t row : rows) truth.push_back(table.labels[row]);
    Predictions predictions{.data_classes = table.classes,
                            .truth = truth,
                            .model_classes = model.classes,
                            .predicted = said.by_forest,
                            .probabilities = said.probabilities};
    Judgement judgement;
    judgement.forest = evaluate_predictions(predictions, minimum_support);
    predictions.predicted = said.by_stump;
    predictions.probabilities = {};
    judgement.baseline = evaluate_predictions(predictions, minimum_support);
    return judgement;
}

std::vector<std::uint32_t> all_rows(const dataset::Table& table) {
    std::vector<std::uint32_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

}  // namespace flowsift::learn
