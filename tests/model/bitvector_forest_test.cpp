#include "model/bitvector_forest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/xgboost_import.h"
#include "tests/model/random_forest.h"
#include "tests/model/trained_xgboost.h"

namespace flowsift::model {
namespace {

using testing::HasSubstr;

void expect_same_bits(const Forest& forest, const std::vector<float>& rows) {
    const auto made = BitvectorForest::of(forest);
    ASSERT_TRUE(made) << made.error().message;
    BitvectorForest::Scratch scratch(*made);
    const std::size_t count = rows.size() / forest.feature_count;
    std::vector<float> margins(count * forest.group_count());
    std::vector<float> probabilities(count * forest.class_count);
    made->predict_margins(rows, margins, scratch);
    made->predict(rows, probabilities, scratch);
    std::vector<float> expected(forest.class_count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::span<const float> row(&rows[i * forest.feature_count], forest.feature_count);
        forest.predict_margins(row, std::span(expected).first(forest.group_count()));
        for (std::size_t g = 0; g < forest.group_count(); ++g)
            ASSERT_EQ(margins[i * forest.group_count() + g], expected[g]) << "row " << i;
        forest.predict(row, expected);
        for (std::size_t c = 0; c < forest.class_count; ++c)
            ASSERT_EQ(probabilities[i * forest.class_count + c], expected[c]) << "row " << i;
    }
}

TEST(BitvectorForest, HasTheBitsOfThePlainPredictor) {
    const ForestShape shapes[] = {
        {.combination = Combination::kLogistic, .classes = 2, .trees = 1, .inner_nodes = 0},
        {.combination = Combination::kLogistic, .classes = 2, .trees = 300, .inner_nodes = 31},  // 32 leaves: one word
        {.combination = Combination::kLogistic, .features = 1, .classes = 2, .trees = 9, .inner_nodes = 32},
        {.combination = Combination::kSoftmax, .features = 90, .classes = 7, .trees = 700, .inner_nodes = 63},
        {.combination = Combination::kSoftmax, .classes = 3, .trees = 8, .inner_nodes = 12},
    };
    for_every_instruction_set([&] {
        for (const ForestShape& shape : shapes) {
            const Forest forest = random_forest(shape, shape.trees);
            expect_same_bits(forest, rows_for(forest, 101, 1));
            expect_same_bits(forest, rows_for(forest, 1, 2));
        }
    });
}

TEST(BitvectorForest, HasTheBitsOfThePlainPredictorOnXgboostModels) {
    const RandomRows data = random_rows(3000, 12, 5, 3);
    const TrainedXgboost trained(data, {{"objective", "multi:softprob"}, {"num_class", "5"}, {"max_depth", "6"}}, 30);
    const auto model = parse_xgboost(trained.saved("ubj"), "m.ubj");
    ASSERT_TRUE(model) << model.error().message;
    for_every_instruction_set([&] { expect_same_bits(model->forest, data.values); });
}

/// A chain of 63 splits has 64 leaves, all in its two words; the row passes the first k of them.
TEST(BitvectorForest, FindsEachOf64Leaves) {
    Forest forest{.feature_count = 1, .class_count = 2, .combination = Combination::kLogistic, .base_margins = {0}};
    Tree tree;
    for (std::uint32_t i = 0; i < 63; ++i) {
        tree.nodes.push_back({.threshold = static_cast<float>(i), .is_leaf = false, .left = 2 * i + 1});
        tree.nodes.push_back({.leaf = i});
        tree.values.push_back(static_cast<float>(i));
    }
    // The root, then pairs: a leaf on the left, the next split on the right.
    tree.nodes.push_back({.leaf = 63});
    tree.values.push_back(63);
    forest.trees.push_back(tree);
    ASSERT_TRUE(check_forest(forest));
    std::vector<float> rows;
    for (int k = 0; k < 64; ++k) rows.push_back(static_cast<float>(k));
    for_every_instruction_set([&] { expect_same_bits(forest, rows); });
}

TEST(BitvectorForest, RefusesMeansAndLargerTrees) {
    const auto mean = BitvectorForest::of(random_forest({}, 1));
    ASSERT_FALSE(mean);
    EXPECT_THAT(mean.error().message, HasSubstr("boosted trees"));
    Forest forest =
        random_forest({.combination = Combination::kLogistic, .classes = 2, .trees = 3, .inner_nodes = 20}, 1);
    Tree& tree = forest.trees[2];
    while (tree.nodes.size() < 2 * BitvectorForest::kMaxLeaves) {
        Node& last = tree.nodes.back();  // A leaf that becomes a split keeps the order breadth-first.
        last = {.is_leaf = false, .left = static_cast<std::uint32_t>(tree.nodes.size())};
        for (int child = 0; child < 2; ++child) {
            tree.nodes.push_back({.leaf = static_cast<std::uint32_t>(tree.values.size())});
            tree.values.push_back(1);
        }
    }
    const auto large = BitvectorForest::of(forest);
    ASSERT_FALSE(large);
    EXPECT_THAT(large.error().message, HasSubstr("tree 2 has more than 64 leaves"));
}

}  // namespace
}  // namespace flowsift::model
