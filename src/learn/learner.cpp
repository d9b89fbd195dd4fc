#include "learn/learner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace flowsift::learn {
namespace {

using Rows = std::vector<std::uint32_t>;

constexpr std::string_view kWeightNames[] = {"none", "balanced", "balanced_subsample", "explicit"};

std::string name_of(ClassWeights weights) {
    return std::string(kWeightNames[static_cast<std::size_t>(weights)]);
}

/// Explicit weights are of a program's own, not kept and not read.
bool read_weights(const OptionTexts& texts, ClassWeights& weights) {
    const std::string name = text_of(texts, "class_weights");
    const auto* found = std::find(std::begin(kWeightNames), std::end(kWeightNames), name);
    weights = static_cast<ClassWeights>(found - std::begin(kWeightNames));
    return weights < ClassWeights::kExplicit;
}

constexpr const char *kSquareRoot = "square root", *kUnlimited = "unlimited";

template <class T>
std::string text(T value) {
    return fmt::format("{}", value);
}

base::Result<Learnt> learn_forest(const dataset::Table& table, const Rows& rows, const Rows&,
                                  const LearnerOptions& options, const base::Progress& progress) {
    auto trained = train_forest(table, rows, options.forest, progress);
    if (!trained) return trained.error();
    return Learnt{std::move(trained->forest), std::move(trained->importance), trained->out_of_bag_accuracy, 0};
}

OptionTexts describe_forest(const LearnerOptions& options) {
    const ForestOptions& forest = options.forest;
    return {{"trees", text(forest.trees)},
            {"draws_per_row", text(forest.draws_per_row)},
            {"min_samples_leaf", text(forest.min_samples_leaf)},
            {"features_per_split", forest.features_per_split ? text(forest.features_per_split) : kSquareRoot},
            {"max_depth", forest.max_depth ? text(forest.max_depth) : kUnlimited},
            {"class_weights", name_of(forest.class_weights)}};
}

bool restore_forest(const OptionTexts& texts, LearnerOptions& options) {
    ForestOptions& forest = options.forest;
    forest.features_per_split = forest.max_depth = 0;
    return read_option(texts, "trees", forest.trees) && read_option(texts, "draws_per_row", forest.draws_per_row) &&
           read_option(texts, "min_samples_leaf", forest.min_samples_leaf) &&
           (text_of(texts, "features_per_split") == kSquareRoot ||
            read_option(texts, "features_per_split", forest.features_per_split)) &&
           (text_of(texts, "max_depth") == kUnlimited || read_option(texts, "max_depth", forest.max_depth)) &&
           read_weights(texts, forest.class_weights);
}

base::Result<Learnt> learn_boosted(const dataset::Table& table, const Rows& rows, const Rows& validation,
                                   const LearnerOptions& options, const base::Progress& progress) {
    auto trained = train_boosting(table, rows, validation, options.boosting, progress);
    if (!trained) return trained.error();
    return Learnt{std::move(trained->forest), std::move(trained->importance), std::nullopt, trained->rounds};
}

OptionTexts describe_boosted(const LearnerOptions& options) {
    const BoostingOptions& boosting = options.boosting;
    return {{"rounds_at_most", text(boosting.rounds)},
            {"learning_rate", text(boosting.learning_rate)},
            {"max_depth", text(boosting.max_depth)},
            {"min_child_weight", text(boosting.min_child_weight)},
            {"l2", text(boosting.l2)},
            {"row_share", text(boosting.row_share)},
            {"feature_share", text(boosting.feature_share)},
            {"class_weights", name_of(boosting.class_weights)}};
}

bool restore_boosted(const OptionTexts& texts, LearnerOptions& options) {
    BoostingOptions& boosting = options.boosting;
    return read_option(texts, "rounds_at_most", boosting.rounds) &&
           read_option(texts, "learning_rate", boosting.learning_rate) &&
           read_option(texts, "max_depth", boosting.max_depth) &&
           read_option(texts, "min_child_weight", boosting.min_child_weight) && read_option(texts, "l2", boosting.l2) &&
           read_option(texts, "row_share", boosting.row_share) &&
           read_option(texts, "feature_share", boosting.feature_share) && read_weights(texts, boosting.class_weights);
}

template <class T, std::size_t Count>
T one_of(base::Random& random, const T (&values)[Count]) {
    return values[random.below(Count)];
}

/// Evenly by order of magnitude.
double between(base::Random& random, double low, double high) {
    return low * std::pow(high / low, random.uniform());
}

void draw_forest(base::Random& random, LearnerOptions& options) {
    ForestOptions& forest = options.forest;
    forest.min_samples_leaf = one_of(random, {1U, 1U, 2U, 3U, 5U});
    forest.max_depth = one_of(random, {0U, 16U, 24U});
    forest.features_per_split = one_of(random, {0U, 4U, 6U, 12U, 18U, 27U});
    forest.draws_per_row = one_of(random, {1.0, 1.5, 2.0});
    forest.class_weights =
        one_of(random, {ClassWeights::kNone, ClassWeights::kBalanced, ClassWeights::kBalancedSubsample});
}

void draw_boosting(base::Random& random, LearnerOptions& options) {
    BoostingOptions& boosting = options.boosting;
    boosting.learning_rate = between(random, 0.05, 0.5);
    boosting.max_depth = 3 + random.below(8);
    boosting.min_child_weight = between(random, 1, 10);
    boosting.l2 = between(random, 0.1, 10);
    boosting.row_share = between(random, 0.5, 1);
    boosting.feature_share = between(random, 0.4, 1);
    boosting.class_weights = one_of(random, {ClassWeights::kNone, ClassWeights::kBalanced});
}

constexpr Algorithm kAlgorithms[] = {
    {"forest", "Random Forest", "our own Random Forest (Breiman 2001)", learn_forest,
     [](const LearnerOptions& options) { return std::uint64_t{options.forest.trees}; }, draw_forest, describe_forest,
     restore_forest},
    {"xgboost", "XGBoost", "gradient boosting through libxgboost, stopped where held-out rows gain no more",
     learn_boosted, [](const LearnerOptions& options) { return std::uint64_t{options.boosting.rounds}; }, draw_boosting,
     describe_boosted, restore_boosted},
};

}  // namespace

std::span<const Algorithm> algorithms() {
    return kAlgorithms;
}

base::Result<Algorithm> find_algorithm(std::string_view name) {
    std::string known;
    for (const Algorithm& algorithm : kAlgorithms) {
        if (algorithm.name == name) return algorithm;
        known += (known.empty() ? "" : ", ") + std::string(algorithm.name);
    }
    return base::Error{fmt::format("there is no algorithm named \"{}\"; choose one of: {}", name, known),
                       base::ErrorKind::kUsage};
}

}  // namespace flowsift::learn
