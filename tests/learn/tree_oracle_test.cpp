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
#include "tests/learn/bootstrap_draws.h"
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

struct Case {
    std::size_t exact_rows;
    std::uint32_t min_leaf = 1;
    Weights weights = {1, 1, 1};
    std::uint32_t max_depth = 0;
    bool bootstrap = false;
};

/// Walks the tree with the rows that reach each node, of `rows`: as often as they were drawn.
void expect_best_splits(const Table& table, const Rows& rows, const model::Forest& forest, const Case& wanted) {
    const Weights& weights = wanted.weights;
    const std::size_t min_leaf = wanted.min_leaf;
    const auto& nodes = forest.trees[0].nodes;
    std::vector<Rows> reach(nodes.size());
    std::vector<std::size_t> depth(nodes.size(), 0);
    reach[0] = rows;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const bool may_split = !is_pure(table, reach[i]) && (wanted.max_depth == 0 || depth[i] < wanted.max_depth);
        const auto best = may_split ? best_score(table, reach[i], weights, min_leaf) : std::nullopt;
        ASSERT_EQ(nodes[i].is_leaf, !best.has_value()) << "node " << i;
        if (nodes[i].is_leaf) {
            expect_leaf(table, reach[i], weights, forest, nodes[i].leaf);
            continue;
        }
        const auto [left, right] = divide(table, reach[i], nodes[i].feature, nodes[i].threshold);
        ASSERT_GE(std::min(left.size(), right.size()), min_leaf);
        ASSERT_NEAR(score(table, left, weights) + score(table, right, weights), *best, 1e-9) << "node " << i;
        depth[nodes[i].left] = depth[nodes[i].left + 1] = depth[i] + 1;
        reach[nodes[i].left] = left;
        reach[nodes[i].left + 1] = right;
    }
}

/// One tree that sees every feature at every node.
ForestOptions options_of(const Case& wanted, const Table& table, std::uint64_t seed) {
    ForestOptions options{.trees = 1, .seed = seed};
    options.bootstrap = wanted.bootstrap;
    options.features_per_split = static_cast<std::uint32_t>(table.columns.size());
    options.exact_rows = wanted.exact_rows;
    options.min_samples_leaf = wanted.min_leaf;
    options.max_depth = wanted.max_depth;
    options.class_weights = ClassWeights::kExplicit;
    options.explicit_weights = wanted.weights;
    return options;
}

void expect_oracle_agrees(const Table& table, const Case& wanted, std::uint64_t seed) {
    const ForestOptions options = options_of(wanted, table, seed);
    const auto trained = train_forest(table, every_row(table), options, {});
    ASSERT_TRUE(trained.ok());
    Rows rows = every_row(table);
    if (wanted.bootstrap) {
        rows.clear();
        const auto draws = bootstrap_draws(options, 0, table.rows());
        for (std::uint32_t row = 0; row < draws.size(); ++row) rows.insert(rows.end(), draws[row], row);
    }
    expect_best_splits(table, rows, trained->forest, wanted);
}

class TreeOracleCases : public testing::TestWithParam<Case> {};

TEST_P(TreeOracleCases, NoSplitIsBetterThanTheOneTaken) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        expect_oracle_agrees(random_table(150, 4, 3, seed), GetParam(), seed);
}

// exact_rows 0: histograms alone; 1,000: values alone, where a feature has many; 40: both in one tree.
INSTANTIATE_TEST_SUITE_P(ByBinsAndByValues, TreeOracleCases,
                         testing::Values(Case{0}, Case{1'000}, Case{40}, Case{0, 5}, Case{1'000, 5},
                                         Case{0, 1, {0.25, 1, 7.5}}, Case{1'000, 3, {0.25, 1, 7.5}},
                                         Case{0, 1, {1, 1, 1}, 3}, Case{0, 2, {0.25, 1, 7.5}, 2},
                                         Case{0, 1, {1, 1, 1}, 0, true}, Case{40, 3, {1, 1, 1}, 4, true},
                                         Case{40, 2, {0.25, 1, 7.5}, 0, true}));

/// Two features of a value per row, beside those of random_table().
Table continuous_table(std::size_t rows, std::uint64_t seed) {
    Table table = random_table(rows, 2, 3, seed);
    base::Random random(seed, 1);
    for (auto& column : table.columns)
        for (float& value : column) value += static_cast<float>(random.uniform() - 0.5);
    table.columns.push_back(random_table(rows, 1, 3, seed).columns[0]);
    return table;
}

TEST(TreeOracle, HoldsForMoreValuesThanBins) {
    expect_oracle_agrees(continuous_table(400, 1), {.exact_rows = 1'000}, 1);
    expect_oracle_agrees(continuous_table(400, 2), {.exact_rows = 1'000, .min_leaf = 4, .bootstrap = true}, 2);
}

// So many rows that bins are not marked one by one.
TEST(TreeOracle, HoldsForManyRows) {
    expect_oracle_agrees(random_table(6'000, 4, 3, 7), {.exact_rows = 256, .max_depth = 3}, 7);
    expect_oracle_agrees(random_table(6'000, 4, 3, 8),
                         {.exact_rows = 256, .min_leaf = 9, .max_depth = 3, .bootstrap = true}, 8);
}

// So many classes that the histograms of all features do not go into one pass.
TEST(TreeOracle, HoldsForManyClasses) {
    expect_oracle_agrees(random_table(300, 12, 100, 9), {.exact_rows = 0, .weights = Weights(100, 1)}, 9);
}

// Bins in place of values: the same rows go left everywhere, so that what the oracle says of features with a bin per
// value holds for bins of several values, too.
TEST(TreeOracle, HoldsForBinsOfSeveralValues) {
    const Table table = continuous_table(5'000, 3);
    const Rows rows = every_row(table);
    const BinnedTable binned(table, rows, 1);
    Table codes = table;
    for (std::size_t f = 0; f < codes.columns.size(); ++f)
        codes.columns[f].assign(binned.codes(f).begin(), binned.codes(f).end());
    ForestOptions options{.trees = 3};
    options.exact_rows = 0;
    const auto of_values = train_forest(table, rows, options, {});
    const auto of_codes = train_forest(codes, rows, options, {});
    ASSERT_TRUE(of_values.ok() && of_codes.ok());
    EXPECT_EQ(of_values->importance, of_codes->importance);
    for (std::size_t t = 0; t < 3; ++t) {
        const model::Tree &a = of_values->forest.trees[t], &b = of_codes->forest.trees[t];
        EXPECT_EQ(a.values, b.values);
        ASSERT_EQ(a.nodes.size(), b.nodes.size());
        for (std::size_t i = 0; i < a.nodes.size(); ++i) {
            ASSERT_EQ(a.nodes[i].is_leaf, b.nodes[i].is_leaf);
            ASSERT_EQ(a.nodes[i].feature, b.nodes[i].feature);
            ASSERT_EQ(a.nodes[i].cover, b.nodes[i].cover);
        }
    }
}

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
        options.min_samples_leaf = 1;
        options.max_depth = 0;
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
