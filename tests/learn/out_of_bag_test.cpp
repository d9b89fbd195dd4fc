#include "learn/out_of_bag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "learn/forest_trainer.h"
#include "tests/learn/bootstrap_draws.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;
using testing::IsNan;

TEST(Bag, HoldsWhatWasDrawn) {
    std::vector<std::uint16_t> draws(130, 0);
    draws[0] = 1;
    draws[64] = 3;
    draws[129] = 2;
    const Bag bag(draws);
    for (std::size_t i = 0; i < draws.size(); ++i) EXPECT_EQ(bag.holds(i), draws[i] != 0) << i;
}

// The first tree says (1, 0) up to 1.5 and (0.25, 0.75) above, the second (0.5, 0.5). Row 0 is in the first one's bag:
// the second alone judges. Row 1 is in both. Row 2 is in neither: the mean of (0.25, 0.75) and (0.5, 0.5).
TEST(OutOfBag, IsTheMeanOverTheTreesThatHaveNotDrawnTheRow) {
    const auto table = table_of({{1, 2, 3}}, {0, 1, 1}, 2);
    const auto rows = every_row(table);
    const BinnedTable binned(table, rows, 1);
    model::Forest forest{.feature_count = 1, .class_count = 2};
    forest.trees.push_back(
        {{{.threshold = 1.5F, .is_leaf = false, .left = 1}, {.leaf = 0}, {.leaf = 1}}, {1, 0, 0.25F, 0.75F}});
    forest.trees.push_back({{{.leaf = 0}}, {0.5F, 0.5F}});
    const std::vector<Bag> bags = {Bag(std::vector<std::uint16_t>{2, 1, 0}), Bag(std::vector<std::uint16_t>{0, 1, 0})};
    EXPECT_THAT(out_of_bag_probabilities(forest, binned, bags, 1),
                ElementsAre(0.5F, 0.5F, IsNan(), IsNan(), 0.375F, 0.625F));
}

/// What one row is, judged slowly: the trees' draws made anew, one tree after the other.
std::vector<float> plain_out_of_bag(const dataset::Table& table, const model::Forest& forest,
                                    const ForestOptions& options, std::size_t i) {
    std::vector<float> row, sums(forest.class_count, 0.0F);
    for (const auto& column : table.columns) row.push_back(column[i]);
    float judges = 0;
    for (std::size_t tree = 0; tree < forest.trees.size(); ++tree) {
        if (bootstrap_draws(options, tree, table.rows())[i] > 0) continue;
        for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += forest.leaf_of(tree, row)[c];
        ++judges;
    }
    for (float& sum : sums) sum /= judges;
    return sums;
}

// Three trees, so that many a row is in every bag (0.78³ of them), and more rows than are judged in one block.
TEST(OutOfBag, OfATrainedForestEqualsThePlainOne) {
    const auto table = random_table(1'500, 4, 3, 1);
    ForestOptions options{.trees = 3, .seed = 5};
    options.score_out_of_bag = options.keep_out_of_bag = true;
    const auto trained = train_forest(table, every_row(table), options, {});
    ASSERT_TRUE(trained.ok());
    std::size_t judged = 0, right = 0;
    for (std::size_t i = 0; i < table.rows(); ++i) {
        const auto expected = plain_out_of_bag(table, trained->forest, options, i);
        const std::vector<float> actual(&trained->out_of_bag[i * 3], &trained->out_of_bag[i * 3] + 3);
        if (std::isnan(expected[0])) {
            ASSERT_THAT(actual, ElementsAre(IsNan(), IsNan(), IsNan())) << i;
            continue;
        }
        ASSERT_EQ(actual, expected) << i;
        ++judged;
        right += model::most_probable(actual) == table.labels[i] ? 1 : 0;
    }
    EXPECT_GT(judged, 600U);
    EXPECT_LT(judged, 1'000U);
    EXPECT_EQ(*trained->out_of_bag_accuracy, static_cast<double>(right) / static_cast<double>(judged));
}

TEST(OutOfBag, IsThereOnRequestOnly) {
    const auto table = random_table(50, 4, 3, 1);
    ForestOptions options{.trees = 3};
    options.score_out_of_bag = true;
    EXPECT_TRUE(train_forest(table, every_row(table), options, {})->out_of_bag.empty());
    options.keep_out_of_bag = true;
    options.bootstrap = false;  // No row is out of any bag.
    const auto trained = train_forest(table, every_row(table), options, {});
    EXPECT_TRUE(trained->out_of_bag.empty());
    EXPECT_FALSE(trained->out_of_bag_accuracy.has_value());
}

}  // namespace
}  // namespace flowsift::learn
