#include "model/forest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/forest_check.h"
#include "tests/model/sample_model.h"

namespace flowsift::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<float> predict(const Forest& forest, std::vector<float> row) {
    std::vector<float> probabilities(forest.class_count, -1.0F);
    forest.predict(row, probabilities);
    return probabilities;
}

// Row (1, 0): tree 0 goes left to (1, 0, 0); tree 1 goes left to (0.5, 0.5, 0). The means are 0.75, 0.25 and 0.
TEST(Forest, AveragesTheLeavesOfItsTrees) {
    EXPECT_THAT(predict(sample_forest(), {1, 0}), ElementsAre(0.75F, 0.25F, 0.0F));
}

// Equal to the threshold goes left: (1.5, -2) ends in leaf 0 of tree 0; (2, -2) in its leaf 1, both in leaf 0 of
// tree 1.
TEST(Forest, ValueAtTheThresholdGoesLeft) {
    EXPECT_THAT(predict(sample_forest(), {1.5F, -2}), ElementsAre(0.75F, 0.25F, 0.0F));
    EXPECT_THAT(predict(sample_forest(), {2, -2}), ElementsAre(0.25F, 0.75F, 0.0F));
}

// Just above all thresholds: (0.25, 0.25, 0.5) and (0, 0, 1).
TEST(Forest, ValueAboveTheThresholdGoesRight) {
    const float above = std::nextafter(10.0F, 11.0F);
    EXPECT_THAT(predict(sample_forest(), {std::nextafter(1.5F, 2.0F), above}), ElementsAre(0.125F, 0.125F, 0.75F));
}

/// Two rounds of three groups; every tree asks feature 0 for <= 0 and adds its number, negated on the right.
Forest boosted(Combination combination, std::size_t classes) {
    Forest forest{.feature_count = 1, .class_count = classes, .combination = combination};
    forest.base_margins.assign(forest.group_count(), 0.5F);
    for (std::size_t t = 0; t < 2 * forest.group_count(); ++t) {
        const auto value = static_cast<float>(t);
        forest.trees.push_back({{split(0, 0, 1), leaf(0), leaf(1)}, {value, -value}});
    }
    return forest;
}

// Left: the groups sum 0.5 + 0 + 3, 0.5 + 1 + 4, 0.5 + 2 + 5. Softmax of (3.5, 5.5, 7.5) = of (0, 2, 4):
// 1, e^2 = 7.389056, e^4 = 54.598150, sum 62.987206.
TEST(Forest, SoftmaxOfTheMarginsOfEachGroup) {
    const Forest forest = boosted(Combination::kSoftmax, 3);
    std::vector<float> margins(3);
    forest.predict_margins(std::vector<float>{0}, margins);
    EXPECT_THAT(margins, ElementsAre(3.5F, 5.5F, 7.5F));
    EXPECT_THAT(predict(forest, {0}), ElementsAre(testing::FloatNear(1 / 62.987206F, 1e-7F),
                                                  testing::FloatNear(7.389056F / 62.987206F, 1e-6F),
                                                  testing::FloatNear(54.598150F / 62.987206F, 1e-6F)));
}

// Right: 0.5 - 0 - 1 = -0.5; 1 / (1 + e^0.5) = 1 / 2.648721 = 0.377541.
TEST(Forest, LogisticOfOneMargin) {
    EXPECT_THAT(predict(boosted(Combination::kLogistic, 2), {1}),
                ElementsAre(testing::FloatNear(0.622459F, 1e-6F), testing::FloatNear(0.377541F, 1e-6F)));
}

TEST(Forest, MostProbableIsTheFirstOfEquals) {
    EXPECT_EQ(most_probable(std::vector<float>{0.2F, 0.4F, 0.4F}), 1U);
    EXPECT_EQ(most_probable(std::vector<float>{1.0F}), 0U);
}

std::string fault_of(const Forest& forest) {
    const auto checked = check_forest(forest);
    return checked ? "" : checked.error().message;
}

TEST(ForestCheck, AcceptsWhatPredictMayWalk) {
    EXPECT_EQ(fault_of(sample_forest()), "");
}

TEST(ForestCheck, RefusesCountsOutOfRange) {
    Forest forest = sample_forest();
    forest.trees.clear();
    EXPECT_THAT(fault_of(forest), HasSubstr("no trees"));
    forest = sample_forest();
    forest.feature_count = 0;
    EXPECT_THAT(fault_of(forest), HasSubstr("no features"));
    forest.feature_count = kMaxFeatures + 1;
    EXPECT_THAT(fault_of(forest), HasSubstr("features, more than"));
    forest = sample_forest();
    forest.trees[1].nodes.clear();
    EXPECT_THAT(fault_of(forest), HasSubstr("tree 1: it has no nodes"));
}

TEST(ForestCheck, RefusesMarginsAndCoversThatAreNone) {
    Forest forest = boosted(Combination::kSoftmax, 3);
    EXPECT_EQ(fault_of(forest), "");
    forest.base_margins.pop_back();
    EXPECT_THAT(fault_of(forest), HasSubstr("2 base margins where 3 are due"));
    forest = boosted(Combination::kSoftmax, 3);
    forest.trees[4].values[1] = std::numeric_limits<float>::infinity();
    EXPECT_THAT(fault_of(forest), HasSubstr("tree 4: leaf 1: its margin"));
    forest = boosted(Combination::kLogistic, 2);
    forest.class_count = 3;
    EXPECT_THAT(fault_of(forest), HasSubstr("3 classes, where a logistic output has 2"));
    for (const float bad : {-1.0F, std::numeric_limits<float>::quiet_NaN()}) {
        forest = sample_forest();
        forest.trees[1].nodes[1].cover = bad;
        EXPECT_THAT(fault_of(forest), HasSubstr("tree 1: node 1: its cover"));
    }
}

TEST(ForestCheck, RefusesChildrenOutOfOrder) {
    for (const std::uint32_t left : {0U, 1U, 2U, 4U, 5U, 0xffff'ffffU}) {
        Forest forest = sample_forest();
        forest.trees[0].nodes[2].left = left;  // 3 is due.
        EXPECT_THAT(fault_of(forest), HasSubstr("tree 0: node 2: child")) << left;
    }
}

// The root is a leaf, and node 1 is its own left child: no walk from the root gets there, but it is a cycle.
TEST(ForestCheck, RefusesNodesThatNoWalkReaches) {
    Forest forest = sample_forest();
    forest.trees[0].nodes = {leaf(0), split(0, 1, 1), leaf(1)};
    EXPECT_THAT(fault_of(forest), HasSubstr("node 1 has no parent"));
}

TEST(ForestCheck, RefusesIndexesAndThresholdsOutOfRange) {
    Forest forest = sample_forest();
    forest.trees[0].nodes[0].feature = 2;
    EXPECT_THAT(fault_of(forest), HasSubstr("node 0: feature 2"));
    forest = sample_forest();
    forest.trees[1].nodes[2].leaf = 2;
    EXPECT_THAT(fault_of(forest), HasSubstr("tree 1: node 2: leaf 2"));
    for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        forest = sample_forest();
        forest.trees[0].nodes[2].threshold = bad;
        EXPECT_THAT(fault_of(forest), HasSubstr("node 2: its threshold"));
    }
}

TEST(ForestCheck, RefusesDistributionsThatAreNone) {
    Forest forest = sample_forest();
    forest.trees[0].values[6] = 0.252F;  // The sum is 1.002.
    EXPECT_THAT(fault_of(forest), HasSubstr("leaf 2: its probabilities sum"));
    forest.trees[0].values[6] = 0.2505F;  // 1.0005 is rounding.
    EXPECT_EQ(fault_of(forest), "");
    for (const float bad : {-0.1F, 1.1F, std::numeric_limits<float>::quiet_NaN()}) {
        forest = sample_forest();
        forest.trees[0].values[3] = bad;
        EXPECT_THAT(fault_of(forest), HasSubstr("leaf 1: a probability"));
    }
    forest = sample_forest();
    forest.trees[0].values.pop_back();
    EXPECT_THAT(fault_of(forest), HasSubstr("incomplete"));
}

/// A tree whose every right child is split again, `depth` times.
Tree chain(std::size_t depth) {
    Tree tree;
    tree.values = {1, 0, 0};
    tree.nodes.push_back(leaf(0));
    for (std::uint32_t i = 0; i < depth; ++i) {
        tree.nodes.back() = split(0, static_cast<float>(i), 2 * i + 1);
        tree.nodes.push_back(leaf(0));
        tree.nodes.push_back(leaf(0));
    }
    return tree;
}

TEST(ForestCheck, RefusesTreesThatAreTooDeep) {
    EXPECT_EQ(fault_of({.feature_count = 2, .class_count = 3, .trees = {chain(kMaxDepth)}}), "");
    EXPECT_THAT(fault_of({.feature_count = 2, .class_count = 3, .trees = {chain(kMaxDepth + 1)}}),
                HasSubstr("deeper than"));
}

}  // namespace
}  // namespace flowsift::model
