#include "model/tree_shap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/xgboost_import.h"
#include "tests/model/plain_shap.h"
#include "tests/model/random_forest.h"
#include "tests/model/real_forest.h"
#include "tests/model/sample_model.h"
#include "tests/model/trained_xgboost.h"

namespace flowsift::model {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

/// Sums of `one_tree(tree, value)` over the trees that speak for the class.
template <class OneTree>
std::vector<double> summed(const Forest& forest, std::size_t class_index, const OneTree& one_tree) {
    const bool is_mean = forest.combination == Combination::kMean;
    const bool is_logistic = forest.combination == Combination::kLogistic;
    std::vector<double> all(forest.feature_count, 0.0);
    for (std::size_t t = 0; t < forest.trees.size(); ++t) {
        if (forest.combination == Combination::kSoftmax && t % forest.class_count != class_index) continue;
        const std::vector<double> one = one_tree(forest.trees[t], is_mean ? class_index : 0);
        for (std::size_t f = 0; f < all.size(); ++f)
            all[f] += is_mean ? one[f] / static_cast<double>(forest.trees.size())
                              : (is_logistic && class_index == 0 ? -one[f] : one[f]);
    }
    return all;
}

/// Probability or margin of a class, as contributions sum to.
double output_of(const Forest& forest, std::span<const float> row, std::size_t class_index) {
    std::vector<float> values(forest.class_count);
    if (forest.combination == Combination::kMean) {
        forest.predict(row, values);
        return static_cast<double>(values[class_index]);
    }
    forest.predict_margins(row, std::span(values).first(forest.group_count()));
    if (forest.combination == Combination::kSoftmax) return static_cast<double>(values[class_index]);
    return static_cast<double>(class_index == 1 ? values[0] : -values[0]);
}

template <class Oracle>
void expect_contributions(const Forest& forest, std::size_t rows, const Oracle& oracle) {
    const auto shap = TreeShap::of(forest);
    ASSERT_TRUE(shap) << shap.error().message;
    TreeShap::Scratch scratch(*shap);
    const std::vector<float> values = rows_for(forest, rows, 7);
    std::vector<float> found(forest.feature_count);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t c = 0; c < forest.class_count; ++c) {
            const std::span<const float> row(&values[i * forest.feature_count], forest.feature_count);
            shap->explain(row, c, found, scratch);
            const std::vector<double> expected =
                summed(forest, c, [&](const Tree& tree, std::size_t value) { return oracle(tree, row, value); });
            double sum = static_cast<double>(shap->expected(c));
            for (std::size_t f = 0; f < expected.size(); ++f) {
                ASSERT_NEAR(found[f], expected[f], 1e-6) << "row " << i << " class " << c << " feature " << f;
                sum += static_cast<double>(found[f]);
            }
            ASSERT_NEAR(sum, output_of(forest, row, c), 1e-5) << "row " << i << " class " << c;
        }
}

// Tree 0 of the sample asks feature 0, then on the right feature 1; its covers are set to 4 = 1 + 3 and 3 = 1 + 2.
// Class 0 has the leaves 1, 0 and 0.25. Row (2, 0) goes right, right. Expected with nothing known: 1/4 + 3/4 (2/3 x
// 0.25) = 0.375; with feature 0 known: 2/3 x 0.25 = 1/6; with feature 1: 1/4 + 3/4 x 0.25 = 0.4375; with both: 0.25.
// phi 0 = (1/6 - 0.375 + 0.25 - 0.4375) / 2 = -0.197917, phi 1 = (0.4375 - 0.375 + 0.25 - 1/6) / 2 = 0.072917.
TEST(TreeShap, OneTreeByHand) {
    Forest forest = sample_forest();
    forest.trees.pop_back();
    forest.trees[0].nodes[2].cover = 3;
    forest.trees[0].nodes[4].cover = 2;
    const auto shap = TreeShap::of(forest);
    ASSERT_TRUE(shap) << shap.error().message;
    TreeShap::Scratch scratch(*shap);
    std::vector<float> found(2);
    shap->explain(std::vector<float>{2, 0}, 0, found, scratch);
    EXPECT_NEAR(shap->expected(0), 0.375, 1e-6);
    EXPECT_THAT(found, ElementsAre(FloatNear(-0.197917F, 1e-6F), FloatNear(0.072917F, 1e-6F)));
}

TEST(TreeShap, IsWhatTheDefinitionSays) {
    const ForestShape shapes[] = {
        {.features = 6, .classes = 3, .trees = 4, .inner_nodes = 12},
        {.features = 1, .classes = 2, .trees = 2, .inner_nodes = 7},
        {.combination = Combination::kLogistic, .features = 8, .classes = 2, .trees = 3, .inner_nodes = 25},
        {.combination = Combination::kSoftmax, .features = 5, .classes = 3, .trees = 7, .inner_nodes = 10},
        {.trees = 2, .inner_nodes = 0},
    };
    for_every_instruction_set([&] {
        for (const ForestShape& shape : shapes) {
            const Forest forest = random_forest(shape, 11);
            expect_contributions(forest, 12, [&](const Tree& tree, std::span<const float> row, std::size_t value) {
                return shapley_by_definition(forest, tree, row, value);
            });
        }
    });
}

/// A chain of 100 levels over `features` features: one, two and seven times as many points as a vector holds.
Forest chain(std::size_t features) {
    Forest forest{.feature_count = features, .class_count = 2, .combination = Combination::kLogistic};
    forest.base_margins = {0};
    Tree tree;
    constexpr std::uint32_t kLevels = 100;
    for (std::uint32_t i = 0; i < kLevels; ++i) {
        const auto feature = static_cast<std::uint16_t>(i * 7 % features);
        const float cover = static_cast<float>(kLevels + 1 - i);
        const float threshold = -6 + 0.125F * static_cast<float>(i % 24);
        const Node inner{
            .threshold = threshold, .feature = feature, .is_leaf = false, .left = 2 * i + 1, .cover = cover};
        if (i == 0)
            tree.nodes.push_back(inner);
        else
            tree.nodes.back() = inner;
        tree.nodes.push_back({.leaf = i, .cover = 1});
        tree.nodes.push_back({.leaf = kLevels, .cover = cover - 1});
        tree.values.push_back(static_cast<float>(i % 5) - 1.5F);
    }
    tree.values.push_back(2);
    forest.trees.push_back(tree);
    return forest;
}

/// The recursive algorithm is no oracle here: in double it is off by 4e-6 at 30 features, in long double by thousands
/// at 99.
TEST(TreeShap, DeepTreesAreExact) {
    for_every_instruction_set([&] {
        for (const std::size_t features : {13U, 30U, 99U}) {
            const Forest forest = chain(features);
            ASSERT_TRUE(check_forest(forest));
            const auto shap = TreeShap::of(forest);
            ASSERT_TRUE(shap) << shap.error().message;
            TreeShap::Scratch scratch(*shap);
            // Values that pass most of the chain.
            std::vector<float> row(features);
            for (std::size_t f = 0; f < features; ++f) row[f] = f % 11 == 3 ? -6 : static_cast<float>(f % 7) - 1;
            std::vector<float> found(features);
            shap->explain(row, 1, found, scratch);
            const std::vector<double> expected = LeafwiseShap(forest, forest.trees[0], row, 0).run();
            for (std::size_t f = 0; f < features; ++f)
                ASSERT_NEAR(found[f], expected[f], 1e-6) << features << ": " << f;
        }
    });
}

TEST(TreeShap, RealForestsAreWhatTheRecursiveAlgorithmSays) {
    const auto real = real_forest(3);
    if (!real) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    const Forest& forest = real->forest;
    const auto shap = TreeShap::of(forest);
    ASSERT_TRUE(shap) << shap.error().message;
    TreeShap::Scratch scratch(*shap);
    std::vector<float> found(forest.feature_count);
    const std::size_t rows = real->rows.size() / forest.feature_count;
    for (std::size_t i = 0; i < rows; i += rows / 25) {
        const std::span<const float> row(&real->rows[i * forest.feature_count], forest.feature_count);
        std::vector<float> probabilities(forest.class_count);
        forest.predict(row, probabilities);
        const std::size_t best = most_probable(probabilities);
        shap->explain(row, best, found, scratch);
        const std::vector<double> expected = summed(forest, best, [&](const Tree& tree, std::size_t value) {
            return RecursiveShap(forest, tree, row, value).run();
        });
        for (std::size_t f = 0; f < found.size(); ++f) ASSERT_NEAR(found[f], expected[f], 1e-6) << "row " << i;
    }
}

void expect_same_as_libxgboost(const RandomRows& data, const TrainedXgboost& trained) {
    const auto model = parse_xgboost(trained.saved("ubj"), "m.ubj");
    ASSERT_TRUE(model) << model.error().message;
    const Forest& forest = model->forest;
    const auto shap = TreeShap::of(forest);
    ASSERT_TRUE(shap) << shap.error().message;
    TreeShap::Scratch scratch(*shap);
    const std::vector<float> theirs = trained.predict(data, 2);
    std::vector<float> found(forest.feature_count);
    const float* expected = theirs.data();
    for (std::size_t i = 0; i < data.rows(); ++i)
        for (std::size_t g = 0; g < forest.group_count(); ++g, expected += forest.feature_count + 1) {
            const std::size_t class_index = forest.group_count() == 1 ? 1 : g;
            shap->explain(data.row(i), class_index, found, scratch);
            for (std::size_t f = 0; f < found.size(); ++f)
                ASSERT_NEAR(found[f], expected[f], 1e-5) << "row " << i << " group " << g << " feature " << f;
            ASSERT_NEAR(shap->expected(class_index), expected[found.size()], 1e-5) << g;
        }
}

TEST(TreeShap, IsXgboostsPredContribs) {
    const RandomRows two = random_rows(500, 9, 2, 5);
    expect_same_as_libxgboost(two,
                              {two, {{"objective", "binary:logistic"}, {"max_depth", "8"}, {"base_score", "0.2"}}, 40});
    const RandomRows four = random_rows(400, 9, 4, 6);
    expect_same_as_libxgboost(four,
                              {four, {{"objective", "multi:softprob"}, {"num_class", "4"}, {"max_depth", "6"}}, 30});
}

TEST(TreeShap, RefusesForestsWithoutCovers) {
    Forest forest = sample_forest();
    for (Node& node : forest.trees[1].nodes) node.cover = 0;
    const auto shap = TreeShap::of(forest);
    ASSERT_FALSE(shap);
    EXPECT_THAT(shap.error().message, HasSubstr("tree 1, node 0: no cover"));
}

/// A leaf that no training row came to adds nothing while its feature is unknown; a row that does come there is
/// explained all the same. With nothing known the tree gives 1; x = 1 makes it 5, so feature 0 adds 4.
TEST(TreeShap, LeavesWithoutCoverAreExplained) {
    Forest forest{.feature_count = 2, .class_count = 2, .combination = Combination::kLogistic, .base_margins = {0}};
    forest.trees.push_back({{split(0, 0, 1), leaf(0), leaf(1)}, {1, 5}});
    forest.trees[0].nodes[0].cover = forest.trees[0].nodes[1].cover = 3;
    forest.trees[0].nodes[2].cover = 0;
    const auto shap = TreeShap::of(forest);
    ASSERT_TRUE(shap) << shap.error().message;
    TreeShap::Scratch scratch(*shap);
    std::vector<float> found(2);
    shap->explain(std::vector<float>{1, 0}, 1, found, scratch);
    EXPECT_THAT(found, ElementsAre(FloatNear(4, 1e-6F), 0));
    shap->explain(std::vector<float>{1, 0}, 0, found, scratch);
    EXPECT_THAT(found, ElementsAre(FloatNear(-4, 1e-6F), 0));
    shap->explain(std::vector<float>{0, 0}, 1, found, scratch);
    EXPECT_THAT(found, ElementsAre(FloatNear(0, 1e-6F), 0));
}

TEST(TreeShap, TopContributionsAreTheLargestBySize) {
    const std::vector<float> all = {0.1F, -0.5F, 0, 0.5F, 0.3F};
    std::vector<Contribution> top(3);
    ASSERT_EQ(largest_contributions(all, top), 3U);
    std::vector<int> features;
    for (const Contribution& contribution : top) features.push_back(contribution.feature);
    EXPECT_THAT(features, ElementsAre(1, 3, 4));
    EXPECT_EQ(top[0].value, -0.5F);
    top.resize(9);
    EXPECT_EQ(largest_contributions(all, top), 4U);
    EXPECT_EQ(largest_contributions(all, {}), 0U);
}

}  // namespace
}  // namespace flowsift::model
