#include "learn/preparation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "dataset/load.h"
#include "dataset/splits.h"
#include "learn/comparison.h"
#include "model/forest_check.h"
#include "tests/learn/accuracy.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::FloatEq;
using testing::HasSubstr;
using testing::Pointwise;
using Rows = std::vector<std::uint32_t>;

dataset::Table with_origin(dataset::Table table) {
    table.five_tuples.assign(table.rows(), 0);
    table.times.assign(table.rows(), 0);
    table.sources.assign(table.rows(), 0);
    table.source_names = {"drawn"};
    return table;
}

// A leaf that learnt from 50 : 50 of rows that were 10 : 90 before: 0.5 × 0.2 against 0.5 × 1.8, a tenth to nine.
TEST(UndoPrior, GivesLeavesTheOddsOfTheRowsAsTheyWere) {
    model::Forest forest{.feature_count = 1, .class_count = 2};
    forest.trees.push_back({{{.is_leaf = true}}, {0.5F, 0.5F, 0.8F, 0.2F, 0, 1}});
    undo_prior(std::vector<std::uint64_t>{10, 90}, std::vector<std::uint64_t>{90, 90}, forest);
    // 0.8 × 0.2 : 0.2 × 1.8 = 0.16 : 0.36.
    EXPECT_THAT(forest.trees[0].values, Pointwise(FloatEq(), {0.1F, 0.9F, 4.0F / 13, 9.0F / 13, 0.0F, 1.0F}));
}

// ln(0.2) and ln(1.8) on the margins; for a logistic output their difference on the one.
TEST(UndoPrior, MovesTheBaseMarginsOfBoosting) {
    model::Forest forest{.feature_count = 1, .class_count = 2, .combination = model::Combination::kLogistic};
    forest.base_margins = {0.5F};
    undo_prior(std::vector<std::uint64_t>{10, 90}, std::vector<std::uint64_t>{90, 90}, forest);
    EXPECT_NEAR(forest.base_margins[0], 0.5 + std::log(9.0), 1e-6);
    forest.combination = model::Combination::kSoftmax;
    forest.class_count = 3;
    forest.base_margins = {0.5F, 0.5F, 0.5F};
    undo_prior(std::vector<std::uint64_t>{10, 90, 0}, std::vector<std::uint64_t>{90, 90, 0}, forest);
    EXPECT_NEAR(forest.base_margins[0], 0.5 + std::log(0.2), 1e-6);
    EXPECT_NEAR(forest.base_margins[1], 0.5 + std::log(1.8), 1e-6);
    EXPECT_EQ(forest.base_margins[2], 0.5F);
}

TEST(Preparation, BalancedRowsGiveAForestOfTheOldPrior) {
    dataset::Table table = with_origin(random_table(600, 3, 2, 3));
    for (std::size_t i = 0; i < 600; ++i) table.labels[i] = i % 10 == 0 ? 1 : 0;  // Noise: a tenth is of class 1.
    for (const char* algorithm : {"forest", "xgboost"}) {
        LearnerOptions options{.algorithm = *find_algorithm(algorithm)};
        options.forest = {.trees = 20, .max_depth = 2};
        options.boosting.rounds = 10;
        options.smote.emplace();
        const auto learnt = learn(table, every_row(table), {}, options, {});
        ASSERT_TRUE(learnt.ok()) << learnt.error().message;
        EXPECT_TRUE(model::check_forest(learnt->forest).ok());
        double sum = 0;
        std::vector<float> probabilities(2);
        for (std::size_t i = 0; i < 600; ++i) {
            learnt->forest.predict(std::vector<float>{table.columns[0][i], table.columns[1][i], table.columns[2][i]},
                                   probabilities);
            sum += static_cast<double>(probabilities[1]);
        }
        EXPECT_NEAR(sum / 600, 0.1, 0.06) << algorithm;  // Half of them, were the prior not undone.
    }
}

// Scaled and folded back, a forest judges rows as they are: the same as one that learnt from them unscaled.
TEST(Preparation, ScalingChangesNoVerdict) {
    const dataset::Table table = with_origin(random_table(800, 5, 4, 7));
    LearnerOptions options;
    options.forest = {.trees = 20, .seed = 3};
    const auto plain = learn(table, every_row(table), {}, options, {});
    options.scales = true;
    const auto scaled = learn(table, every_row(table), {}, options, {});
    ASSERT_TRUE(plain.ok() && scaled.ok());
    EXPECT_NEAR(accuracy(scaled->forest, table, every_row(table)), accuracy(plain->forest, table, every_row(table)),
                0.02);
}

// The classic mistake: training rows were scaled, those to be judged were not. A notebook's forest then says nonsense;
// ours cannot, for its thresholds were scaled back.
TEST(Preparation, ForgettingToScaleCostsNothingHere) {
    const char* data = std::getenv("FLOWSIFT_DATA");
    if (!data) GTEST_SKIP() << "FLOWSIFT_DATA is not set";
    dataset::LoadOptions load;
    load.merges = {{"Infiltration - Portscan", "Portscan"}};
    const auto loaded = dataset::load_csv_files({std::string(data) + "/cicids2017/cicids2017-corrected.csv"}, load);
    ASSERT_TRUE(loaded.ok());
    const dataset::Table& table = loaded->table;
    const auto split = dataset::split_stratified(table, 0.25, 1);
    LearnerOptions options;
    options.forest = {.trees = 30, .seed = 1};
    options.scales = true;
    const auto folded = learn(table, split->train, {}, options, {});
    const auto scaler = dataset::StandardScaler::fit(table, split->train);
    options.scales = false;
    const auto forgetful = learn(scaler.transform(table), split->train, {}, options, {});
    ASSERT_TRUE(folded.ok() && forgetful.ok());
    EXPECT_GT(accuracy(folded->forest, table, split->test), 0.98);
    EXPECT_LT(accuracy(forgetful->forest, table, split->test), 0.3);
}

TEST(Comparison, AnswersTheClassicQuestionOnTheSameRows) {
    const dataset::Table table = with_origin(random_table(400, 4, 3, 5));
    TrainingOptions options{.split = *find_split("stratified")};
    options.learner.forest.trees = 10;
    options.learner.boosting.rounds = 5;
    std::uint64_t most = 0;
    const auto variants = compare(table, options, {[&](std::uint64_t done, std::uint64_t) {
                                      most = std::max(most, done);
                                      return true;
                                  }});
    ASSERT_TRUE(variants.ok()) << variants.error().message;
    ASSERT_EQ(variants->size(), 4U);
    for (const Variant& variant : *variants) {
        EXPECT_EQ(variant.evaluation.rows, 100U);
        EXPECT_GT(variant.evaluation.accuracy, 0.6);
    }
    EXPECT_FALSE((*variants)[0].is_balanced);
    EXPECT_TRUE((*variants)[1].is_balanced);
    EXPECT_LE(most, 1'000U);
    const std::string text = to_text(*variants);
    EXPECT_THAT(text, HasSubstr("Random Forest + SMOTE"));
    EXPECT_THAT(text, HasSubstr("XGBoost"));
    EXPECT_THAT(text, HasSubstr("class 2"));
}

}  // namespace
}  // namespace flowsift::learn
