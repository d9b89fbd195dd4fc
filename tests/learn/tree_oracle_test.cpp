// The tree grower against the definition of a CART tree, written out slowly: at every node no feature and no threshold
// has a larger gain than the one taken, and a leaf is one that cannot be split.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "learn/forest_trainer.h"
#include "learn/split_search.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using dataset::Table;
using Rows = std::vector<std::uint32_t>;
using Weights = std::vector<double>;

/// Sum of squared class weights / weight.
double score(const Table& table, const Rows& rows, const Weights& weights) {
    std::vector<double> sums(weights.size());
    for (const std::uint32_t row : rows) sums[table.labels[row]] += weights[table.labels[row]];
    double total = 0, squares = 0;
    for (const double sum : sums) total += sum, squares += sum * sum;
    return squares / total;
}

std::pair<Rows, Rows> divide(const Table& table, const Rows& rows, std::size_t feature, float threshold) {
    std::pair<Rows, Rows> sides;
    for (const std::uint32_t row : rows)
        (table.columns[feature][row] <= threshold ? sides.first : sides.second).push_back(row);
    return sides;
}

/// The best score of any split whose sides have min_leaf rows.
std::optional<double> best_score(const Table& table, const Rows& rows, const Weights& weights, std::size_t min_leaf) {
    std::optional<double> best;
    for (std::size_t feature = 0; feature < table.columns.size(); ++feature) {
        std::set<float> values;
        for (const std::uint32_t row : rows) values.insert(table.columns[feature][row]);
        for (const float value : values) {
            const auto [left, right] = divide(table, rows, feature, value);
            if (std::min(left.size(), right.size()) < std::max<std::size_t>(min_leaf, 1)) continue;
            best = std::max(best.value_or(0), score(table, left, weights) + score(table, right, weights));
        }
    }
    return best;
}

bool is_pure(const Table& table, const Rows& rows) {
    return std::all_of(rows.begin(), rows.end(), [&](auto row) { return table.labels[row] == table.labels[rows[0]]; });
}

void expect_leaf(const Table& table, const Rows& rows, const Weights& weights, const model::Forest& forest,
                 std::uint32_t leaf) {
    std::vector<double> sums(weights.size());
    double total = 0;
    for (const std::uint32_t row : rows) {
        sums[table.labels[row]] += weights[table.labels[row]];
        total += weights[table.labels[row]];
    }
    for (std::size_t c = 0; c < sums.size(); ++c)
        ASSERT_NEAR(forest.trees[0].values[leaf * sums.size() + c], sums[c] / total, 1e-6);
}

/// Walks the tree with the rows that reach each node.
void expect_best_splits(const Table& table, const model::Forest& forest, const Weights& weights, std::size_t min_leaf) {
    const auto& nodes = forest.trees[0].nodes;
    std::vector<Rows> reach(nodes.size());
    reach[0] = every_row(table);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto best = is_pure(table, reach[i]) ? std::nullopt : best_score(table, reach[i], weights, min_leaf);
        ASSERT_EQ(nodes[i].is_leaf, !best.has_value()) << "node " << i;
        if (nodes[i].is_leaf) {
            expect_leaf(table, reach[i], weights, forest, nodes[i].leaf);
            continue;
        }
        const auto [left, right] = divide(table, reach[i], nodes[i].feature, nodes[i].threshold);
        ASSERT_GE(std::min(left.size(), right.size()), min_leaf);
        ASSERT_NEAR(score(table, left, weights) + score(table, right, weights), *best, 1e-9) << "node " << i;
        reach[nodes[i].left] = left;
        reach[nodes[i].left + 1] = right;
    }
}

struct Case {
    std::size_t exact_rows;
    std::uint32_t min_leaf;
    Weights weights;
};

class TreeOracle : public testing::TestWithParam<Case> {};

TEST_P(TreeOracle, NoSplitIsBetterThanTheOneTaken) {
    const Case& wanted = GetParam();
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Table table = random_table(150, 4, 3, seed);
        ForestOptions options;
        options.trees = 1;
        options.bootstrap = false;
        options.features_per_split = 4;
        options.exact_rows = wanted.exact_rows;
        options.min_samples_leaf = wanted.min_leaf;
        options.class_weights = ClassWeights::kExplicit;
        options.explicit_weights = wanted.weights;
        const auto trained = train_forest(table, every_row(table), options, {});
        ASSERT_TRUE(trained.ok());
        expect_best_splits(table, trained->forest, wanted.weights, wanted.min_leaf);
    }
}

// exact_rows 0: histograms alone; 1,000: sorting alone; 40: both in one tree.
INSTANTIATE_TEST_SUITE_P(ByBinsAndBySorting, TreeOracle,
                         testing::Values(Case{0, 1, {1, 1, 1}}, Case{1'000, 1, {1, 1, 1}}, Case{40, 1, {1, 1, 1}},
                                         Case{0, 5, {1, 1, 1}}, Case{1'000, 5, {1, 1, 1}}, Case{0, 1, {0.25, 1, 7.5}},
                                         Case{1'000, 3, {0.25, 1, 7.5}}));

/// 1,000 distinct values: bins hold several each, so that small nodes must look at the values themselves.
Table many_values() {
    base::Random random(6);
    Table table = table_of({std::vector<float>(1'000)}, std::vector<dataset::ClassIndex>(1'000), 2);
    for (std::size_t i = 0; i < 1'000; ++i) {
        table.columns[0][i] = static_cast<float>(i) - 500;
        table.labels[i] = static_cast<dataset::ClassIndex>(random.below(2));
    }
    return table;
}

TEST(TreeGrower, SmallNodesAreSplitWithinABin) {
    const Table table = many_values();
    for (const std::size_t exact_rows : {1U, 16U, 10'000U}) {
        ForestOptions options;
        options.trees = 1;
        options.bootstrap = false;
        options.exact_rows = exact_rows;
        const auto trained = train_forest(table, every_row(table), options, {});
        ASSERT_TRUE(trained.ok());
        std::size_t right = 0;
        for (std::size_t i = 0; i < table.rows(); ++i) {
            std::vector<float> probabilities(2);
            trained->forest.predict({&table.columns[0][i], 1}, probabilities);
            right += model::most_probable(probabilities) == table.labels[i] ? 1 : 0;
        }
        // A value per row: a tree that may look at values tells all rows apart, one that may not cannot.
        EXPECT_EQ(right == table.rows(), exact_rows > 1) << exact_rows;
    }
}

TEST(ThresholdBetween, LiesHalfwayOrAtTheLowerValue) {
    EXPECT_EQ(threshold_between(1, 2), 1.5F);
    EXPECT_EQ(threshold_between(-3, 1), -1.0F);
    const float next = std::nextafter(1.0F, 2.0F);
    EXPECT_EQ(threshold_between(1, next), 1.0F);
    constexpr float kLargest = std::numeric_limits<float>::max();
    EXPECT_EQ(threshold_between(-kLargest, kLargest), 0.0F);
    EXPECT_LT(threshold_between(std::nextafter(kLargest, 0.0F), kLargest), kLargest);
    EXPECT_EQ(threshold_between(0, std::numeric_limits<float>::denorm_min()), 0.0F);
}

}  // namespace
}  // namespace flowsift::learn
