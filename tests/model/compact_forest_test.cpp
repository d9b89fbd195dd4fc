#include "model/compact_forest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/random_forest.h"
#include "tests/model/real_forest.h"

namespace flowsift::model {
namespace {

using testing::HasSubstr;

std::vector<float> plain(const Forest& forest, const std::vector<float>& rows) {
    const std::size_t count = rows.size() / forest.feature_count;
    std::vector<float> all(count * forest.class_count);
    for (std::size_t i = 0; i < count; ++i)
        forest.predict({&rows[i * forest.feature_count], forest.feature_count},
                       {&all[i * forest.class_count], forest.class_count});
    return all;
}

CompactForest compact_of(const Forest& forest) {
    auto made = CompactForest::of(forest);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(made).value();
}

/// In batches of 1, 2, …, so that every way through the loops is taken.
void expect_same_bits(const Forest& forest, const std::vector<float>& rows) {
    const std::vector<float> expected = plain(forest, rows);
    const CompactForest compact = compact_of(forest);
    CompactForest::Scratch scratch(compact);
    std::vector<float> found(expected.size());
    const std::size_t count = rows.size() / forest.feature_count;
    std::size_t batch = 1;
    for (std::size_t i = 0; i < count; i += batch, ++batch) {
        batch = std::min(batch, count - i);
        compact.predict({&rows[i * forest.feature_count], batch * forest.feature_count},
                        {&found[i * forest.class_count], batch * forest.class_count}, scratch);
    }
    ASSERT_EQ(found, expected);
}

TEST(CompactForest, HasTheBitsOfThePlainPredictor) {
    const ForestShape shapes[] = {
        {.trees = 1, .inner_nodes = 0},
        {.features = 1, .classes = 1, .trees = 3},
        {.classes = 16, .trees = 100, .inner_nodes = 200},
        {.features = 70, .classes = 33, .trees = 17},
        {.combination = Combination::kLogistic, .classes = 2, .trees = 40},
        {.combination = Combination::kSoftmax, .classes = 7, .trees = 70, .inner_nodes = 63},
    };
    for_every_instruction_set([&] {
        for (const ForestShape& shape : shapes) {
            const Forest forest = random_forest(shape, shape.trees);
            expect_same_bits(forest, rows_for(forest, 300, 1));
        }
    });
}

TEST(CompactForest, HasTheBitsOfThePlainPredictorOnRealRows) {
    const auto real = real_forest(40);
    if (!real) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    for_every_instruction_set([&] { expect_same_bits(real->forest, real->rows); });
}

void expect_same_decisions(const Forest& forest, const std::vector<float>& rows, const DecisionRule& rule) {
    const std::vector<float> probabilities = plain(forest, rows);
    const CompactForest compact = compact_of(forest);
    CompactForest::Scratch scratch(compact);
    const std::size_t count = rows.size() / forest.feature_count;
    std::vector<Decision> many(count);
    compact.decide(rows, rule, many, scratch);
    for (std::size_t i = 0; i < count; ++i) {
        Decision expected = decide_by({&probabilities[i * forest.class_count], forest.class_count}, rule);
        const std::span<const float> row(&rows[i * forest.feature_count], forest.feature_count);
        if (rule.pairs) expected.is_novel = unseen_pairs(forest, *rule.pairs, row) > rule.pairs->limit;
        ASSERT_EQ(many[i], expected) << "row " << i;
        Decision one;
        compact.decide({&rows[i * forest.feature_count], forest.feature_count}, rule, {&one, 1}, scratch);
        ASSERT_EQ(one, expected) << "row " << i;
    }
}

/// The pairs of leaves that `rows` meet; a quarter of all pairs unseen is novel.
LeafPairs pairs_of(const Forest& forest, std::span<const float> rows) {
    LeafPairs pairs{std::vector<std::uint64_t>(1 << 12), static_cast<std::uint32_t>(novelty_trees(forest) / 4)};
    for (std::size_t i = 0; i < rows.size(); i += forest.feature_count)
        for (std::size_t tree = 1; tree < novelty_trees(forest); ++tree)
            pairs.add(tree - 1, forest.leaf_node(tree - 1, rows.subspan(i, forest.feature_count)),
                      forest.leaf_node(tree, rows.subspan(i, forest.feature_count)));
    return pairs;
}

void expect_same_counts(const Forest& forest, const std::vector<float>& rows, const LeafPairs& pairs) {
    const CompactForest compact = compact_of(forest);
    CompactForest::Scratch scratch(compact);
    const std::size_t count = rows.size() / forest.feature_count;
    std::vector<std::uint32_t> counts(count);
    std::vector<float> probabilities(count * forest.class_count);
    compact.predict(rows, probabilities, scratch, {&pairs, counts});
    ASSERT_EQ(probabilities, plain(forest, rows));
    for (std::size_t i = 0; i < count; ++i) {
        const std::span<const float> row(&rows[i * forest.feature_count], forest.feature_count);
        ASSERT_EQ(counts[i], unseen_pairs(forest, pairs, row)) << "row " << i;
    }
}

/// Tree t votes for class 0 where feature t is 0, for class 1 where it is 1, and for class 2 where it is 2.
Forest ballot(std::size_t voters) {
    Forest forest{.feature_count = voters, .class_count = 3};
    for (std::size_t t = 0; t < voters; ++t) {
        Tree tree;
        const auto feature = static_cast<std::uint16_t>(t);
        tree.nodes = {{.threshold = 0, .feature = feature, .is_leaf = false, .left = 1},
                      {.leaf = 0},
                      {.threshold = 1, .feature = feature, .is_leaf = false, .left = 3},
                      {.leaf = 1},
                      {.leaf = 2}};
        tree.values = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        forest.trees.push_back(tree);
    }
    return forest;
}

Calibration same_curve(std::size_t classes, std::vector<float> raw, std::vector<float> calibrated) {
    const CalibrationCurve curve{std::move(raw), std::move(calibrated)};
    return {std::vector<CalibrationCurve>(classes, curve)};
}

/// All 2^16 ways in which 16 trees can vote for two of three classes, each in its order: ties, majorities of one, and
/// leads that the trees to come can just, or just not, make up for; with thresholds at every share of votes.
TEST(CompactForest, EarlyExitDecidesAsTheFullSumOnEveryBallot) {
    constexpr std::size_t kVoters = 16;
    const Forest forest = ballot(kVoters);
    std::vector<float> rows;
    for (std::uint32_t votes = 0; votes < 1U << kVoters; ++votes)
        for (std::size_t t = 0; t < kVoters; ++t) rows.push_back(static_cast<float>(1 + (votes >> t & 1)));
    for (const float share : {0.0F, 7.0F, 8.0F, 9.0F, 12.0F, 16.0F, 17.0F}) {
        const float threshold = share / static_cast<float>(kVoters);
        const std::vector<float> thresholds = {0.5F, threshold, std::nextafter(threshold, 2.0F)};
        expect_same_decisions(forest, rows, {thresholds});
        // Level above the threshold, and on one ballot's share exactly.
        const Calibration calibration = same_curve(3, {0.25F, 0.5F, 0.5625F, 0.625F}, {0.1F, 0.4F, 0.4F, 0.9F});
        expect_same_decisions(forest, rows, {.thresholds = thresholds, .calibration = &calibration});
    }
}

TEST(CompactForest, EarlyExitDecidesAsTheFullSumOnRandomForests) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const Forest forest = random_forest({.classes = 4, .trees = 60, .inner_nodes = 4}, seed);
        const std::vector<float> rows = rows_for(forest, 1000, seed);
        // Thresholds that are some rows' very probabilities, and odd ones.
        const std::vector<float> some = plain(forest, rows);
        const std::vector<float> met = {some[0], some[5], some[10], some[15]};
        const LeafPairs pairs = pairs_of(forest, std::span(rows).first(100 * forest.feature_count));
        expect_same_decisions(forest, rows, {met, &pairs});
        expect_same_counts(forest, rows, pairs);
        const std::vector<float> odd = {kInfinity, -1, std::nanf(""), -kInfinity};
        expect_same_decisions(forest, rows, {odd});
        for (const float level : {0.3F, 0.35F, 0.5F}) {
            const Calibration calibration = same_curve(4, {0.2F, level, 0.9F}, {0.1F, 0.8F, 0.8F});
            expect_same_decisions(forest, rows, {met, &pairs, &calibration});
        }
        expect_same_decisions(forest, rows, {});
    }
}

TEST(CompactForest, DecidesByMarginsToo) {
    const Forest forest =
        random_forest({.combination = Combination::kSoftmax, .classes = 5, .trees = 50, .inner_nodes = 20}, 3);
    const std::vector<float> thresholds = {0.2F, 0.3F, 0.4F, 0.5F, 0.6F};
    expect_same_decisions(forest, rows_for(forest, 500, 4), {thresholds});
}

TEST(CompactForest, EarlyExitDecidesAsTheFullSumOnRealRows) {
    const auto real = real_forest(100);
    if (!real) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    for (const float threshold : {0.3F, 0.5F, 0.75F, 0.99F, 1.0F}) {
        const std::vector<float> thresholds(real->forest.class_count, threshold);
        const LeafPairs pairs = pairs_of(real->forest, std::span(real->rows).first(200 * real->forest.feature_count));
        const Calibration calibration = same_curve(real->forest.class_count, {0.4F, 0.7F, 1.0F}, {0.5F, 0.99F, 0.99F});
        expect_same_decisions(real->forest, real->rows, {thresholds, &pairs, &calibration});
    }
}

/// Where 12 bits name one of 4,096 features, 20 are left for a step: enough for a tree of a million nodes, not of four.
TEST(CompactForest, RefusesTreesTooWide) {
    const auto complete = [](std::size_t levels) {
        Forest forest{.feature_count = 4096, .class_count = 2, .combination = Combination::kLogistic};
        forest.base_margins = {0};
        Tree tree{.values = {1}};
        const std::uint32_t inner = (1U << levels) - 1;
        for (std::uint32_t i = 0; i < inner; ++i) tree.nodes.push_back({.is_leaf = false, .left = 2 * i + 1});
        tree.nodes.resize(2 * inner + 1);
        forest.trees.push_back(std::move(tree));
        return forest;
    };
    EXPECT_TRUE(CompactForest::of(complete(19)));
    const auto wide = CompactForest::of(complete(21));
    ASSERT_FALSE(wide);
    EXPECT_THAT(wide.error().message, HasSubstr("too wide"));
}

/// 300 leaves, but only the distributions (1, 0), (0, 1): 2 x 16 floats.
TEST(CompactForest, KeepsEqualLeavesOnce) {
    Forest forest{.feature_count = 1, .class_count = 2};
    for (int t = 0; t < 150; ++t)
        forest.trees.push_back({{{.is_leaf = false, .left = 1}, {.leaf = 0}, {.leaf = 1}}, {1, 0, 0, 1}});
    EXPECT_EQ(compact_of(forest).bytes(), 450 * 8 + 2 * 16 * sizeof(float));
}

}  // namespace
}  // namespace flowsift::model
