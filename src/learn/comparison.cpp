#include "learn/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "learn/prediction.h"
#include "learn/preparation.h"

namespace flowsift::learn {
namespace {

constexpr std::uint64_t kCap = 20'000;
constexpr std::uint64_t kThousandths = 1'000;

std::string name_of(const Variant& variant) {
    return variant.algorithm + (variant.is_balanced ? " + SMOTE" : "");
}

base::Result<Variant> judge(const dataset::Table& table, const dataset::Split& split, const LearnerOptions& learner,
                            std::uint64_t minimum_support, const base::Progress& progress) {
    const auto start = std::chrono::steady_clock::now();
    auto learnt = learn(table, split.train, {}, learner, progress);
    if (!learnt) return learnt.error();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    model::Model model{.schema = table.schema, .classes = table.classes};
    model.stages.push_back({.packets = 0, .forest = std::move(learnt->forest)});
    return Variant{std::string(learner.algorithm.title), learner.smote.has_value(),
                   judge_rows(model, table, split.test, minimum_support, learner.forest.threads).forest, took.count()};
}

}  // namespace

base::Result<std::vector<Variant>> compare(const dataset::Table& all, const TrainingOptions& options,
                                           const base::Progress& progress) {
    if (!options.split.split)
        return base::Error{"a comparison wants rows to judge by: choose a split that holds some out",
                           base::ErrorKind::kUsage};
    std::optional<dataset::Table> whole;
    if (!all.depths.empty()) whole = dataset::select_rows(all, dataset::rows_of_depth(all, 0));
    const dataset::Table& table = whole ? *whole : all;
    const auto split = options.split.split(table, options.test_share, options.seed);
    if (!split) return split.error();
    const std::size_t count = 2 * algorithms().size();
    std::vector<Variant> variants;
    for (const Algorithm& algorithm : algorithms())
        for (const bool is_balanced : {false, true}) {
            LearnerOptions learner = options.learner;
            learner.algorithm = algorithm;
            learner.set_seed(options.seed);
            if (is_balanced && !learner.smote) learner.smote = dataset::SmoteOptions{.cap = kCap};
            if (!is_balanced) learner.smote.reset();
            const auto advance = [&](std::uint64_t done, std::uint64_t total) {
                const std::uint64_t part = total > 0 ? kThousandths * done / total : 0;
                return progress.advance((variants.size() * kThousandths + part) / count, kThousandths);
            };
            auto variant = judge(table, *split, learner, options.minimum_support, {advance});
            if (!variant) return variant.error();
            variants.push_back(std::move(*variant));
        }
    return variants;
}

std::string to_text(const std::vector<Variant>& variants) {
    std::string text = fmt::format("{:24}{:>10}{:>10}{:>10}\n", "", "accuracy", "macro-F1", "seconds");
    for (const Variant& variant : variants)
        text += fmt::format("{:24}{:>10.4f}{:>10.4f}{:>10.1f}\n", name_of(variant), variant.evaluation.accuracy,
                            variant.evaluation.macro_f1, variant.seconds);
    text += fmt::format("\n{:32}{:>8}", "F1 of", "rows");
    for (const Variant& variant : variants) text += fmt::format("{:>24}", name_of(variant));
    text += '\n';
    for (const ClassFigures& figures : variants.front().evaluation.classes) {
        text += fmt::format("{:32}{:>8}", figures.name, figures.support);
        for (const Variant& variant : variants) {
            const auto& classes = variant.evaluation.classes;
            const auto found = std::find_if(classes.begin(), classes.end(),
                                            [&](const ClassFigures& each) { return each.name == figures.name; });
            text += found == classes.end() ? fmt::format("{:>24}", "-") : fmt::format("{:>24.4f}", found->f1);
        }
        text += figures.is_averaged ? "\n" : "  not averaged\n";
    }
    return text;
}

}  // namespace flowsift::learn
