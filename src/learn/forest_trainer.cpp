#include "learn/forest_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <numeric>

#include "base/parallel.h"
#include "base/random.h"
#include "learn/binned_table.h"
#include "learn/class_weights.h"
#include "learn/out_of_bag.h"
#include "learn/tree_grower.h"
#include "model/forest_check.h"

namespace flowsift::learn {
namespace {

using base::Error;
using base::Result;

constexpr double kMaxDrawsPerRow = 16;  // No row is drawn 65,536 times then.

Result<void> check_task(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                        const ForestOptions& options) {
    if (rows.empty()) return Error{"There are no rows to learn from."};
    if (table.columns.empty() || table.columns.size() > model::kMaxFeatures)
        return Error{fmt::format("There are {} features to learn from; 1 to {} are possible.", table.columns.size(),
                                 model::kMaxFeatures)};
    if (table.classes.size() > model::kMaxClasses)
        return Error{fmt::format("There are {} classes; at most {} are possible. Is the label column the right one?",
                                 table.classes.size(), model::kMaxClasses)};
    const auto counts = rows_per_class(table, rows);
    if (std::count_if(counts.begin(), counts.end(), [](std::uint64_t n) { return n > 0; }) < 2)
        return Error{fmt::format("All {} rows are of the class \"{}\"; learning needs at least two classes.",
                                 rows.size(), table.classes[table.labels[rows[0]]])};
    if (options.trees == 0 || options.trees > model::kMaxTrees)
        return Error{
            fmt::format("A forest of {} trees was asked for; 1 to {} are possible.", options.trees, model::kMaxTrees)};
    if (!(options.draws_per_row > 0 && options.draws_per_row <= kMaxDrawsPerRow))
        return Error{fmt::format("A bootstrap of {} draws per row was asked for; above 0 to {} are possible.",
                                 options.draws_per_row, kMaxDrawsPerRow)};
    if (options.min_samples_leaf == 0) return Error{"A leaf of 0 rows was asked for; it needs at least 1."};
    return {};
}

TreeOptions tree_options(const ForestOptions& options, std::size_t feature_count) {
    const auto root = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(feature_count)));
    const std::uint32_t wanted = options.features_per_split ? options.features_per_split : root;
    const auto deepest = static_cast<std::uint32_t>(model::kMaxDepth);
    return {.features_per_split = std::min(wanted, static_cast<std::uint32_t>(feature_count)),
            .min_leaf_draws = options.min_samples_leaf,
            .max_depth = options.max_depth ? std::min(options.max_depth, deepest) : deepest,
            .exact_rows = options.exact_rows};
}

/// Of all trees, in their order, over their sum.
std::vector<double> sum_of_shares(const std::vector<std::vector<double>>& importance, std::size_t feature_count) {
    std::vector<double> shares(feature_count, 0.0);
    for (const auto& of_tree : importance)
        for (std::size_t f = 0; f < feature_count; ++f) shares[f] += of_tree[f];
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    if (sum > 0)
        for (double& share : shares) share /= sum;
    return shares;
}

/// One training run: what all its trees share.
class Training {
  public:
    /// `weights`: one per class, where they are the same for all trees.
    Training(const dataset::Table& table, const std::vector<std::uint32_t>& rows, const ForestOptions& options,
             std::vector<double> weights)
        : table_(table),
          rows_(rows),
          options_(options),
          threads_(std::min<std::size_t>(base::resolve_threads(options.threads), options.trees)),
          binned_(table, rows, options.threads),
          weights_(std::move(weights)) {}

    Result<TrainedForest> run(const base::Progress& progress);

  private:
    /// Per tree.
    struct Grown {
        std::vector<model::Tree> trees;
        std::vector<std::vector<double>> importance;
        std::vector<Bag> bags;  ///< Empty where nobody asks for them.
    };

    /// Returns how many trees were grown: all of them, unless `progress` stopped it.
    std::uint64_t grow_trees(Grown& grown, const base::Progress& progress) const;
    /// The tree's own random stream, and the draws that it begins with.
    base::Random draw(std::size_t tree, std::vector<std::uint16_t>& draws) const;
    std::vector<double> weights_of(const std::vector<std::uint16_t>& draws) const;
    void judge_out_of_bag(const std::vector<Bag>& bags, TrainedForest& trained) const;
    std::optional<double> accuracy_of(const std::vector<float>& probabilities) const;

    const dataset::Table& table_;
    const std::vector<std::uint32_t>& rows_;
    const ForestOptions& options_;
    std::size_t threads_;
    BinnedTable binned_;
    std::vector<double> weights_;
};

base::Random Training::draw(std::size_t tree, std::vector<std::uint16_t>& draws) const {
    base::Random random(options_.seed, tree);
    draws.assign(rows_.size(), options_.bootstrap ? 0 : 1);
    if (!options_.bootstrap) return random;
    const auto rows = static_cast<std::uint32_t>(rows_.size());
    const auto count = static_cast<std::uint64_t>(std::ceil(options_.draws_per_row * rows));
    for (std::uint64_t i = 0; i < count; ++i) ++draws[random.below(rows)];
    return random;
}

std::vector<double> Training::weights_of(const std::vector<std::uint16_t>& draws) const {
    if (options_.class_weights != ClassWeights::kBalancedSubsample) return weights_;
    std::vector<std::uint64_t> counts(table_.classes.size(), 0);
    for (std::size_t i = 0; i < draws.size(); ++i) counts[binned_.label(i)] += draws[i];
    return balanced_weights(counts);
}

/// What the threads need meanwhile is gone at the end.
std::uint64_t Training::grow_trees(Grown& grown, const base::Progress& progress) const {
    std::vector<std::unique_ptr<TreeGrower>> growers(threads_);
    std::vector<std::vector<std::uint16_t>> draws(threads_);
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> is_stopped{!progress.advance(0, options_.trees)};
    base::parallel_for(options_.trees, threads_, [&](std::size_t tree, std::size_t thread) {
        if (is_stopped) return;
        if (!growers[thread])
            growers[thread] = std::make_unique<TreeGrower>(binned_, table_.classes.size(),
                                                           tree_options(options_, table_.columns.size()));
        base::Random random = draw(tree, draws[thread]);
        grown.trees[tree] =
            growers[thread]->grow(draws[thread], weights_of(draws[thread]), random, grown.importance[tree]);
        if (!grown.bags.empty()) grown.bags[tree] = Bag(draws[thread]);
        if (!progress.advance(++done, options_.trees)) is_stopped = true;
    });
    return done;
}

Result<TrainedForest> Training::run(const base::Progress& progress) {
    const std::size_t feature_count = table_.columns.size();
    const bool wants_bags = options_.bootstrap && (options_.score_out_of_bag || options_.keep_out_of_bag);
    Grown grown{.trees = std::vector<model::Tree>(options_.trees),
                .importance = {options_.trees, std::vector<double>(feature_count, 0.0)},
                .bags = std::vector<Bag>(wants_bags ? options_.trees : 0)};
    const std::uint64_t done = grow_trees(grown, progress);
    if (done < options_.trees)
        return Error{
            fmt::format("Training was stopped after {} of {} trees; no model was made.", done, options_.trees)};
    TrainedForest trained;
    trained.forest = {
        .feature_count = feature_count, .class_count = table_.classes.size(), .trees = std::move(grown.trees)};
    trained.importance = sum_of_shares(grown.importance, feature_count);
    if (wants_bags) judge_out_of_bag(grown.bags, trained);
    return trained;
}

/// Share of the rows with probabilities whose most probable class is theirs; nothing without any.
std::optional<double> Training::accuracy_of(const std::vector<float>& probabilities) const {
    const std::size_t classes = table_.classes.size();
    std::uint64_t judged = 0, right = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const std::span<const float> row(&probabilities[i * classes], classes);
        if (std::isnan(row[0])) continue;
        ++judged;
        right += model::most_probable(row) == binned_.label(i) ? 1 : 0;
    }
    if (judged == 0) return std::nullopt;
    return static_cast<double>(right) / static_cast<double>(judged);
}

void Training::judge_out_of_bag(const std::vector<Bag>& bags, TrainedForest& trained) const {
    trained.out_of_bag = out_of_bag_probabilities(trained.forest, binned_, bags, options_.threads);
    if (options_.score_out_of_bag) trained.out_of_bag_accuracy = accuracy_of(trained.out_of_bag);
    if (!options_.keep_out_of_bag) trained.out_of_bag = {};
}

}  // namespace

Result<TrainedForest> train_forest(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                   const ForestOptions& options, const base::Progress& progress) {
    if (auto checked = check_task(table, rows, options); !checked) return checked.error();
    const bool is_per_tree = options.class_weights == ClassWeights::kBalancedSubsample;
    auto weights = class_weights_of(table, rows, is_per_tree ? ClassWeights::kNone : options.class_weights,
                                    options.explicit_weights);
    if (!weights) return weights.error();
    return Training(table, rows, options, std::move(*weights)).run(progress);
}

}  // namespace flowsift::learn
