#include "learn/permutation_importance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "learn/forest_trainer.h"
#include "learn/metrics.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::HasSubstr;

/// Class 0 up to 0.5 of feature 0, class 1 above; feature 1 is not asked for.
model::Forest stump() {
    model::Forest forest{.feature_count = 2, .class_count = 2};
    forest.trees.push_back(
        {{{.threshold = 0.5F, .is_leaf = false, .left = 1}, {.leaf = 0}, {.leaf = 1}}, {1, 0, 0, 1}});
    return forest;
}

// Two rows, each right as it is. A shuffle either keeps the two values (accuracy 1) or swaps them (accuracy 0), half of
// the shuffles each: the mean drop is 1/2, and the scores deviate by 1/2 (times √(n / (n - 1))).
TEST(PermutationImportance, OfTwoRowsIsAHalf) {
    const auto table = table_of({{0, 1}, {3, 4}}, {0, 1}, 2);
    const PermutationOptions options{.score = Score::kAccuracy, .repeats = 4'000};
    const auto importance = permutation_importance(stump(), table, {0, 1}, options, {});
    ASSERT_TRUE(importance.ok());
    EXPECT_EQ(importance->score, 1);
    EXPECT_NEAR(importance->mean_drop[0], 0.5, 0.03);  // Four standard errors: 4 × 0.5 / √4,000.
    EXPECT_NEAR(importance->deviation[0], 0.5, 0.01);
    EXPECT_EQ(importance->mean_drop[1], 0);
    EXPECT_EQ(importance->deviation[1], 0);
}

// Rows 0 0 0 1 of classes 0 0 0 1, all right: macro-F1 1. A shuffle puts the 1 on the row of class 1 in a quarter of
// the cases (macro-F1 1); else one row of class 0 is said to be 1, and that of class 1 to be 0: F1 of class 0 is
// 2 × 2 / (3 + 3) = 2/3, of class 1 it is 0, the mean 1/3. Mean drop: 3/4 × 2/3 = 1/2; by accuracy 3/4 × 1/2 = 3/8.
TEST(PermutationImportance, CountsClassesAlikeInMacroF1) {
    const auto table = table_of({{0, 0, 0, 1}, {3, 4, 5, 6}}, {0, 0, 0, 1}, 2);
    PermutationOptions options{.repeats = 4'000};
    EXPECT_NEAR(permutation_importance(stump(), table, {0, 1, 2, 3}, options, {})->mean_drop[0], 0.5, 0.02);
    options.score = Score::kAccuracy;
    EXPECT_NEAR(permutation_importance(stump(), table, {0, 1, 2, 3}, options, {})->mean_drop[0], 0.375, 0.02);
}

/// The definition, one shuffle after the other on a copy of the table.
double plain_drop(const model::Forest& forest, dataset::Table table, std::size_t feature,
                  const PermutationOptions& options) {
    const auto accuracy = [&] {
        std::size_t right = 0;
        for (std::size_t i = 0; i < table.rows(); ++i) {
            std::vector<float> row, probabilities(forest.class_count);
            for (const auto& column : table.columns) row.push_back(column[i]);
            forest.predict(row, probabilities);
            right += model::most_probable(probabilities) == table.labels[i] ? 1 : 0;
        }
        return static_cast<double>(right) / static_cast<double>(table.rows());
    };
    const double before = accuracy();
    const std::vector<float> values = table.columns[feature];
    double sum = 0;
    for (std::uint32_t repeat = 0; repeat < options.repeats; ++repeat) {
        table.columns[feature] = values;
        base::Random(options.seed, feature * options.repeats + repeat).shuffle(table.columns[feature]);
        sum += accuracy();
    }
    return before - sum / options.repeats;
}

TEST(PermutationImportance, EqualsThePlainOneOnAnyNumberOfThreads) {
    const auto table = random_table(200, 5, 3, 4);
    const auto trained = train_forest(table, every_row(table), {.trees = 8}, {});
    ASSERT_TRUE(trained.ok());
    PermutationOptions options{.score = Score::kAccuracy, .repeats = 3, .seed = 7, .threads = 1};
    const auto one = permutation_importance(trained->forest, table, every_row(table), options, {});
    ASSERT_TRUE(one.ok());
    for (std::size_t f = 0; f < 5; ++f)
        EXPECT_NEAR(one->mean_drop[f], plain_drop(trained->forest, table, f, options), 1e-12);
    EXPECT_GT(one->mean_drop[0], one->mean_drop[2]);  // The class depends on the first two.
    EXPECT_GT(one->mean_drop[1], one->mean_drop[2]);
    for (const std::size_t threads : {2U, 3U}) {
        options.threads = threads;
        const auto more = permutation_importance(trained->forest, table, every_row(table), options, {});
        EXPECT_EQ(more->mean_drop, one->mean_drop);
        EXPECT_EQ(more->deviation, one->deviation);
    }
}

TEST(PermutationImportance, SaysWhyItCannotMeasure) {
    const auto table = table_of({{0, 1}, {3, 4}}, {0, 1}, 2);
    const auto fault = [&](const dataset::Table& rows_of, const std::vector<std::uint32_t>& rows, std::uint32_t repeats,
                           const base::Progress& progress = {}) {
        const auto importance =
            permutation_importance(stump(), rows_of, rows, {.repeats = repeats, .threads = 1}, progress);
        return importance ? "" : importance.error().message;
    };
    EXPECT_THAT(fault(table, {}, 5), HasSubstr("no rows"));
    EXPECT_THAT(fault(table, {0}, 0), HasSubstr("0 shuffles"));
    EXPECT_THAT(fault(table_of({{0, 1}}, {0, 1}, 2), {0}, 5), HasSubstr("2 features and 2 classes, the rows have 1"));
    const base::Progress stop_after_two{[](std::uint64_t done, std::uint64_t) { return done < 2; }};
    EXPECT_THAT(fault(table, {0, 1}, 5, stop_after_two), HasSubstr("stopped after 2 of 5"));
}

}  // namespace
}  // namespace flowsift::learn
