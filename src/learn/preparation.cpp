#include "learn/preparation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "learn/class_weights.h"

namespace flowsift::learn {
namespace {

using Rows = std::vector<std::uint32_t>;

Rows numbers_to(std::size_t from, std::size_t to) {
    Rows rows(to - from);
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(from));
    return rows;
}

/// Values and labels of `rows` of `from` behind those of `to`: all that an algorithm looks at.
void append_rows(const dataset::Table& from, const Rows& rows, dataset::Table& to) {
    for (std::size_t f = 0; f < from.columns.size(); ++f)
        for (const std::uint32_t row : rows) to.columns[f].push_back(from.columns[f][row]);
    for (const std::uint32_t row : rows) to.labels.push_back(from.labels[row]);
}

base::Result<Learnt> learn_balanced(const dataset::Table& table, const Rows& rows, const Rows& validation,
                                    const LearnerOptions& options, const base::Progress& progress) {
    dataset::SmoteOptions smote_options = *options.smote;
    smote_options.seed = options.forest.seed;
    smote_options.threads = options.forest.threads;
    const base::Progress only_stops{[&](std::uint64_t, std::uint64_t) { return progress.advance(0, 0); }};
    auto balanced = dataset::smote(table, rows, smote_options, only_stops);
    if (!balanced) return balanced.error();
    const std::size_t learnt_rows = balanced->table.rows();
    append_rows(table, validation, balanced->table);
    const Rows grown = numbers_to(0, learnt_rows);
    auto learnt = options.algorithm.learn(balanced->table, grown, numbers_to(learnt_rows, balanced->table.rows()),
                                          options, progress);
    if (learnt) undo_prior(rows_per_class(table, rows), rows_per_class(balanced->table, grown), learnt->forest);
    return learnt;
}

base::Result<Learnt> learn_as_it_is(const dataset::Table& table, const Rows& rows, const Rows& validation,
                                    const LearnerOptions& options, const base::Progress& progress) {
    if (options.smote) return learn_balanced(table, rows, validation, options, progress);
    return options.algorithm.learn(table, rows, validation, options, progress);
}

void scale_leaves(const std::vector<double>& factors, model::Forest& forest) {
    for (model::Tree& tree : forest.trees)
        for (std::size_t leaf = 0; leaf < tree.values.size(); leaf += forest.class_count) {
            double sum = 0;
            for (std::size_t c = 0; c < forest.class_count; ++c)
                sum += static_cast<double>(tree.values[leaf + c]) * factors[c];
            for (std::size_t c = 0; c < forest.class_count; ++c)
                tree.values[leaf + c] =
                    static_cast<float>(static_cast<double>(tree.values[leaf + c]) * factors[c] / sum);
        }
}

}  // namespace

base::Result<Learnt> learn(const dataset::Table& table, const Rows& rows, const Rows& validation,
                           const LearnerOptions& options, const base::Progress& progress) {
    if (!options.scales) return learn_as_it_is(table, rows, validation, options, progress);
    const auto scaler = dataset::StandardScaler::fit(table, rows);
    auto learnt = learn_as_it_is(scaler.transform(table), rows, validation, options, progress);
    if (learnt) fold_scaler(scaler, learnt->forest);
    return learnt;
}

void fold_scaler(const dataset::StandardScaler& scaler, model::Forest& forest) {
    for (model::Tree& tree : forest.trees)
        for (model::Node& node : tree.nodes)
            if (!node.is_leaf)  // Minus infinity, where no row goes left, is no threshold of a model.
                node.threshold =
                    std::max(scaler.unscale(node.feature, node.threshold), std::numeric_limits<float>::lowest());
}

void undo_prior(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after, model::Forest& forest) {
    const auto total = [](std::span<const std::uint64_t> rows) {
        return static_cast<double>(std::accumulate(rows.begin(), rows.end(), std::uint64_t{0}));
    };
    std::vector<double> factors(before.size(), 1.0);
    for (std::size_t c = 0; c < before.size(); ++c)
        if (before[c] > 0 && after[c] > 0)
            factors[c] =
                static_cast<double>(before[c]) / total(before) / (static_cast<double>(after[c]) / total(after));
    if (forest.combination == model::Combination::kMean) return scale_leaves(factors, forest);
    if (forest.combination == model::Combination::kLogistic) {
        forest.base_margins[0] += static_cast<float>(std::log(factors[1] / factors[0]));
        return;
    }
    for (std::size_t c = 0; c < factors.size(); ++c) forest.base_margins[c] += static_cast<float>(std::log(factors[c]));
}

}  // namespace flowsift::learn
