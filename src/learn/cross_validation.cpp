#include "learn/cross_validation.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <optional>

#include "base/terminal.h"
#include "learn/prediction.h"
#include "learn/preparation.h"

namespace flowsift::learn {

MeanAndDeviation mean_and_deviation(const std::vector<double>& values) {
    if (values.empty()) return {};
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return {mean, values.size() > 1 ? std::sqrt(squares / (count - 1)) : 0};
}

base::Result<CrossValidation> cross_validate(const dataset::Table& all, const TrainingOptions& options,
                                             std::size_t folds, const base::Progress& progress) {
    if (!options.split.fold)
        return base::Error{
            fmt::format("the split \"{}\" has no folds; choose stratified, or one by groups", options.split.name),
            base::ErrorKind::kUsage};
    std::optional<dataset::Table> whole;
    if (!all.depths.empty()) whole = dataset::select_rows(all, dataset::rows_of_depth(all, 0));
    const dataset::Table& table = whole ? *whole : all;
    const auto splits = options.split.fold(table, folds, options.seed);
    if (!splits) return splits.error();
    LearnerOptions learner = options.learner;
    learner.set_seed(options.seed);
    const std::uint64_t steps = learner.algorithm.steps(learner);
    CrossValidation validation;
    std::vector<double> accuracies, f1s;
    for (const dataset::Split& split : *splits) {
        const std::uint64_t before = validation.folds.size() * steps;
        auto learnt =
            learn(table, split.train, {}, learner,
                  {[&](std::uint64_t done, std::uint64_t) { return progress.advance(before + done, folds * steps); }});
        if (!learnt) return learnt.error();
        model::Model model{.schema = table.schema, .classes = table.classes};
        model.stages.push_back({.packets = 0, .forest = std::move(learnt->forest)});
        validation.folds.push_back(
            judge_rows(model, table, split.test, options.minimum_support, learner.forest.threads).forest);
        accuracies.push_back(validation.folds.back().accuracy);
        f1s.push_back(validation.folds.back().macro_f1);
    }
    validation.accuracy = mean_and_deviation(accuracies);
    validation.macro_f1 = mean_and_deviation(f1s);
    return validation;
}

std::string to_text(const CrossValidation& validation) {
    std::string text = fmt::format("{:8}{:>10}{:>12}{:>12}\n", "fold", "rows", "accuracy", "macro-F1");
    for (std::size_t i = 0; i < validation.folds.size(); ++i) {
        const Evaluation& fold = validation.folds[i];
        text += fmt::format("{:<8}{:>10}{:>12.4f}{:>12.4f}\n", i + 1, base::grouped(fold.rows), fold.accuracy,
                            fold.macro_f1);
    }
    text += fmt::format("{:18}{:>12.4f}{:>12.4f}\n", "mean", validation.accuracy.mean, validation.macro_f1.mean);
    return text +
           fmt::format("{:18}{:>12.4f}{:>12.4f}\n", "sd", validation.accuracy.deviation, validation.macro_f1.deviation);
}

}  // namespace flowsift::learn
