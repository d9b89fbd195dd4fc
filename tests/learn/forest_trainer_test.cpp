#include "learn/forest_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "model/forest_check.h"
#include "model/model_file.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using dataset::Table;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// One tree that sees every row once and every feature at every node: nothing in it is random.
ForestOptions plain_tree() {
    ForestOptions options;
    options.trees = 1;
    options.bootstrap = false;
    options.features_per_split = 1'000;
    options.min_samples_leaf = 1;
    options.max_depth = 0;
    return options;
}

TrainedForest train(const Table& table, const ForestOptions& options) {
    auto trained = train_forest(table, every_row(table), options, {});
    EXPECT_TRUE(trained.ok()) << trained.error().message;
    EXPECT_TRUE(model::check_forest(trained->forest).ok());
    return std::move(trained).value();
}

std::string fault_of(const Table& table, const ForestOptions& options) {
    const auto trained = train_forest(table, every_row(table), options, {});
    return trained ? "" : trained.error().message;
}

std::vector<float> predict(const model::Forest& forest, std::vector<float> row) {
    std::vector<float> probabilities(forest.class_count);
    forest.predict(row, probabilities);
    return probabilities;
}

// Rows 1 to 6 of classes 0 0 1 0 1 1. Score = sum over the sides of (sum of squared counts / rows of the side):
//   <= 1: 1/1 + (4 + 9)/5 = 3.6        <= 2: 4/2 + (1 + 9)/4 = 4.5    <= 3: (4 + 1)/3 + (1 + 4)/3 = 3.33
//   <= 4: (9 + 1)/4 + 4/2 = 4.5        <= 5: (9 + 4)/5 + 1/1 = 3.6
Table six_rows() {
    return table_of({{1, 2, 3, 4, 5, 6}}, {0, 0, 1, 0, 1, 1}, 2);
}

TEST(ForestTrainer, TakesTheFirstOfTwoBestSplits) {
    EXPECT_FLOAT_EQ(train(six_rows(), plain_tree()).forest.trees[0].nodes[0].threshold, 2.5F);
}

// Class 0 weighs 3: <= 2: 36/6 + (9 + 9)/6 = 9; <= 4: (81 + 1)/10 + 4/2 = 10.2. The second is now the best:
// <= 1: 9/3 + (36 + 9)/9 = 8; <= 3: (36 + 1)/7 + (9 + 4)/5 = 7.9; <= 5: (81 + 4)/11 + 1 = 8.7.
TEST(ForestTrainer, WeightsMoveTheSplit) {
    ForestOptions options = plain_tree();
    options.class_weights = ClassWeights::kExplicit;
    options.explicit_weights = {3, 1};
    EXPECT_FLOAT_EQ(train(six_rows(), options).forest.trees[0].nodes[0].threshold, 4.5F);
    options.explicit_weights = {1, 3};  // The mirror image.
    EXPECT_FLOAT_EQ(train(six_rows(), options).forest.trees[0].nodes[0].threshold, 2.5F);
}

// Only <= 3 leaves three rows on each side: two of class 0 and one of class 1, and the reverse.
TEST(ForestTrainer, HonoursTheSmallestLeaf) {
    ForestOptions options = plain_tree();
    options.min_samples_leaf = 3;
    const auto forest = train(six_rows(), options).forest;
    ASSERT_EQ(forest.trees[0].nodes.size(), 3U);
    EXPECT_FLOAT_EQ(forest.trees[0].nodes[0].threshold, 3.5F);
    EXPECT_THAT(predict(forest, {1}), ElementsAre(2.0F / 3, 1.0F / 3));
    EXPECT_THAT(predict(forest, {6}), ElementsAre(1.0F / 3, 2.0F / 3));
}

TEST(ForestTrainer, HonoursTheDepthLimit) {
    ForestOptions options = plain_tree();
    options.max_depth = 2;  // Root, two children, at most four leaves.
    EXPECT_LE(train(random_table(200, 4, 3, 1), options).forest.trees[0].nodes.size(), 7U);
}

// One row of class 0 and three of class 1 that nothing tells apart: balanced, each class weighs 4/2 in sum.
TEST(ForestTrainer, BalancedClassesWeighTheSame) {
    const Table table = table_of({{7, 7, 7, 7}}, {1, 0, 1, 1}, 2);
    ForestOptions options = plain_tree();
    EXPECT_THAT(predict(train(table, options).forest, {7}), ElementsAre(0.25F, 0.75F));
    options.class_weights = ClassWeights::kBalanced;
    EXPECT_THAT(predict(train(table, options).forest, {7}), ElementsAre(0.5F, 0.5F));
    options.class_weights = ClassWeights::kBalancedSubsample;  // The sample is all rows here.
    EXPECT_THAT(predict(train(table, options).forest, {7}), ElementsAre(0.5F, 0.5F));
}

TEST(ForestTrainer, NothingToSplitByGivesALeafAndNoImportance) {
    const auto trained = train(table_of({{7, 7, 7}, {0.0F, -0.0F, 0.0F}}, {0, 1, 1}, 2), plain_tree());
    EXPECT_EQ(trained.forest.trees[0].nodes.size(), 1U);
    EXPECT_THAT(trained.importance, Each(0.0));
}

// Feature 0 parts class 0 (4 rows) from classes 1 and 2 (2 rows each), which feature 1 parts.
// Root: own score (16 + 4 + 4)/8 = 3; by feature 0: 16/4 + (4 + 4)/4 = 6, gain 3; by feature 1: 8/4 + 8/4 = 4.
// Right child: own score 2; by feature 1: 4/2 + 4/2 = 4, gain 2. So 3/5 and 2/5; the constant feature 2 gets nothing.
TEST(ForestTrainer, ImportanceIsTheShareOfTheGain) {
    const Table table = table_of({{0, 0, 0, 0, 1, 1, 1, 1}, {0, 0, 1, 1, 0, 0, 1, 1}, {5, 5, 5, 5, 5, 5, 5, 5}},
                                 {0, 0, 0, 0, 1, 1, 2, 2}, 3);
    EXPECT_THAT(train(table, plain_tree()).importance, ElementsAre(DoubleNear(0.6, 1e-12), DoubleNear(0.4, 1e-12), 0));
}

TEST(ForestTrainer, ImportanceSumsToOne) {
    const auto trained = train(random_table(300, 5, 3, 2), {.trees = 20});
    EXPECT_NEAR(std::accumulate(trained.importance.begin(), trained.importance.end(), 0.0), 1, 1e-12);
    EXPECT_GT(trained.importance[0] + trained.importance[1], 0.4);  // The two that the class depends on, of five.
}

// Rows repeated in the index list are repeated rows: class 1 outweighs class 0 by 3 to 1.
TEST(ForestTrainer, RepeatedRowsCountAgain) {
    const Table table = table_of({{7, 7}}, {0, 1}, 2);
    const auto trained = train_forest(table, {0, 1, 1, 1}, plain_tree(), {});
    ASSERT_TRUE(trained.ok());
    EXPECT_THAT(predict(trained->forest, {7}), ElementsAre(0.25F, 0.75F));
}

/// As a model file, the strictest of comparisons.
std::vector<std::uint8_t> bytes_of(const Table& table, const TrainedForest& trained) {
    model::Model model;
    model.schema.features.resize(table.columns.size());
    std::iota(model.schema.features.begin(), model.schema.features.end(), features::FeatureId{0});
    model.classes = table.classes;
    model.stages = {{0, trained.forest}};
    for (const double share : trained.importance) model.provenance.importance.emplace_back("", share);
    return model::format_model(model).value();
}

/// So that one NaN equals another.
std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
    std::vector<std::uint32_t> bits;
    for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

TEST(ForestTrainer, SameSeedGivesTheSameBitsOnAnyNumberOfThreads) {
    const Table table = random_table(500, 6, 4, 3);
    for (const ClassWeights weights : {ClassWeights::kNone, ClassWeights::kBalancedSubsample}) {
        ForestOptions options{.trees = 25, .seed = 9, .threads = 1, .class_weights = weights};
        options.score_out_of_bag = true;
        options.keep_out_of_bag = true;
        const auto one = train(table, options);
        for (const std::size_t threads : {2U, 3U}) {
            options.threads = threads;
            const auto more = train(table, options);
            EXPECT_EQ(bytes_of(table, more), bytes_of(table, one)) << threads;
            EXPECT_EQ(more.out_of_bag_accuracy, one.out_of_bag_accuracy);
            EXPECT_EQ(bits_of(more.out_of_bag), bits_of(one.out_of_bag));
        }
        options.seed = 10;
        EXPECT_NE(bytes_of(table, train(table, options)), bytes_of(table, one));
    }
}

TEST(ForestTrainer, PredictsTheSameBitsOnceSavedAndOpened) {
    const Table table = random_table(300, 6, 4, 4);
    const auto trained = train(table, {.trees = 10});
    const auto opened = model::parse_model(bytes_of(table, trained), "trained");
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        std::vector<float> row;
        for (const auto& column : table.columns) row.push_back(column[i]);
        ASSERT_EQ(predict(opened->end_stage().forest, row), predict(trained.forest, row));
    }
}

// Labels without any pattern: rows that a tree has seen are predicted well, rows that it has not by chance (0.5).
TEST(ForestTrainer, OutOfBagAccuracyJudgesByTreesThatHaveNotSeenTheRow) {
    base::Random random(5);
    Table table = table_of({std::vector<float>(400)}, std::vector<dataset::ClassIndex>(400), 2);
    for (std::size_t i = 0; i < 400; ++i) {
        table.columns[0][i] = static_cast<float>(random.uniform());
        table.labels[i] = static_cast<dataset::ClassIndex>(random.below(2));
    }
    ForestOptions options{.trees = 30};
    options.score_out_of_bag = true;
    EXPECT_NEAR(*train(table, options).out_of_bag_accuracy, 0.5, 0.1);
    for (std::size_t i = 0; i < 400; ++i) table.labels[i] = table.columns[0][i] > 0.3F ? 1 : 0;
    EXPECT_GT(*train(table, options).out_of_bag_accuracy, 0.98);
}

TEST(ForestTrainer, SaysInASentenceWhyItCannotLearn) {
    const Table table = six_rows();
    const auto none = train_forest(table, {}, {}, {});
    ASSERT_FALSE(none.ok());
    EXPECT_THAT(none.error().message, HasSubstr("no rows"));
    EXPECT_THAT(fault_of(table_of({{1, 2}}, {1, 1}, 2), {}), HasSubstr("All 2 rows are of the class \"class 1\""));
    EXPECT_THAT(fault_of(table_of({}, {0, 1}, 2), {}), HasSubstr("0 features"));
    EXPECT_THAT(fault_of(table, {.trees = 0}), HasSubstr("0 trees"));
    EXPECT_THAT(fault_of(table, {.min_samples_leaf = 0}), HasSubstr("leaf of 0"));
    EXPECT_THAT(fault_of(table, {.draws_per_row = std::nan("")}), HasSubstr("draws per row"));
    EXPECT_THAT(fault_of(table, {.class_weights = ClassWeights::kExplicit, .explicit_weights = {1}}),
                HasSubstr("1 class weights for 2 classes"));
    EXPECT_THAT(fault_of(table, {.class_weights = ClassWeights::kExplicit, .explicit_weights = {1, 0}}),
                HasSubstr("\"class 1\" is 0"));
}

TEST(ForestTrainer, StopsWhenAskedTo) {
    const base::Progress stop_after_three{[](std::uint64_t done, std::uint64_t) { return done < 3; }};
    const Table table = six_rows();
    const auto trained = train_forest(table, every_row(table), {.trees = 50, .threads = 1}, stop_after_three);
    ASSERT_FALSE(trained.ok());
    EXPECT_THAT(trained.error().message, HasSubstr("stopped after 3 of 50"));
}

}  // namespace
}  // namespace flowsift::learn
