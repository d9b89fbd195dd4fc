#include "learn/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "learn/cross_validation.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::HasSubstr;

dataset::Table noisy_table() {
    dataset::Table table = random_table(600, 4, 3, 1);
    table.schema.features = {*features::find_feature("Flow Duration"), *features::find_feature("Total Fwd Packet"),
                             *features::find_feature("FIN Flag Count"), *features::find_feature("SYN Flag Count")};
    table.five_tuples.assign(600, 0);
    table.times.assign(600, 0);
    table.sources.assign(600, 0);
    return table;
}

/// One tree that may not be deep: nearly any other options are better.
TuningOptions options_for(std::chrono::milliseconds budget) {
    TuningOptions options{.training = {.split = *find_split("stratified")}, .budget = budget};
    options.training.learner.forest = {.trees = 3, .max_depth = 1};
    return options;
}

TEST(Tuning, FindsBetterOptionsThanPoorOnes) {
    const auto tuning = tune(noisy_table(), options_for(std::chrono::seconds(1)), {});
    ASSERT_TRUE(tuning.ok()) << tuning.error().message;
    ASSERT_GE(tuning->trials.size(), 2U);
    EXPECT_EQ(tuning->trials[0].learner.forest.max_depth, 1U);
    EXPECT_GT(tuning->trials[tuning->best].macro_f1, tuning->trials[0].macro_f1 + 0.1);
    EXPECT_GE(tuning->candidates, 9U);
    EXPECT_FALSE(tuning->was_stopped);
}

// The time that is up at once, or whoever says stop, still gets what was judged first.
TEST(Tuning, KeepsTheBestWhenItIsStopped) {
    int calls = 0;
    const base::Progress stops_soon{[&](std::uint64_t, std::uint64_t) { return ++calls < 60; }};
    const auto stopped = tune(noisy_table(), options_for(std::chrono::hours(1)), stops_soon);
    ASSERT_TRUE(stopped.ok()) << stopped.error().message;
    EXPECT_TRUE(stopped->was_stopped);
    EXPECT_GE(stopped->trials.size(), 1U);
}

TEST(Tuning, WantsRowsToJudgeBy) {
    TuningOptions options = options_for(std::chrono::seconds(1));
    options.training.split = *find_split("none");
    const auto tuning = tune(noisy_table(), options, {});
    ASSERT_FALSE(tuning.ok());
    EXPECT_THAT(tuning.error().message, HasSubstr("a split that holds some out"));
}

TEST(CrossValidation, JudgesEveryRowOnce) {
    TrainingOptions options{.split = *find_split("stratified")};
    options.learner.forest.trees = 5;
    std::uint64_t done = 0, total = 0;
    const base::Progress progress{[&](std::uint64_t so_far, std::uint64_t of) {
        done = std::max(done, so_far);
        total = of;
        return true;
    }};
    const auto validation = cross_validate(noisy_table(), options, 4, progress);
    ASSERT_TRUE(validation.ok()) << validation.error().message;
    ASSERT_EQ(validation->folds.size(), 4U);
    std::uint64_t rows = 0;
    for (const Evaluation& fold : validation->folds) rows += fold.rows;
    EXPECT_EQ(rows, 600U);
    EXPECT_EQ(done, 20U);
    EXPECT_EQ(total, 20U);
    EXPECT_GT(validation->accuracy.mean, 0.5);
    EXPECT_THAT(to_text(*validation), HasSubstr("mean"));
    options.split = *find_split("time");
    EXPECT_FALSE(cross_validate(noisy_table(), options, 4, {}).ok());
}

// 1, 2 and 6: mean 3, squares 4 + 1 + 9 over n - 1 = 2, root of 7.
TEST(CrossValidation, DeviationIsOfASample) {
    const MeanAndDeviation figures = mean_and_deviation({1, 2, 6});
    EXPECT_DOUBLE_EQ(figures.mean, 3);
    EXPECT_DOUBLE_EQ(figures.deviation, std::sqrt(7.0));
    EXPECT_EQ(mean_and_deviation({5}).deviation, 0);
}

}  // namespace
}  // namespace flowsift::learn
