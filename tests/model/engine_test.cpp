#include "model/engine.h"

#include <gtest/gtest.h>

#include "tests/model/random_forest.h"

namespace flowsift::model {
namespace {

/// 4,096 features leave a step 20 bits: a tree of four million nodes is too wide for compact nodes, and boosted trees
/// of more than 64 leaves are none for bit vectors, so that all ways are taken.
Forest too_wide() {
    Forest forest{.feature_count = 4096, .class_count = 2, .combination = Combination::kLogistic, .base_margins = {0}};
    Tree tree{.values = {-1, 1}};
    const std::uint32_t inner = (1U << 21) - 1;
    for (std::uint32_t i = 0; i < inner; ++i)
        tree.nodes.push_back({.feature = static_cast<std::uint16_t>(i % 4096), .is_leaf = false, .left = 2 * i + 1});
    for (std::uint32_t i = 0; i <= inner; ++i) tree.nodes.push_back({.leaf = i % 2});
    forest.trees.push_back(std::move(tree));
    return forest;
}

void expect_same_bits(const Forest& forest, std::size_t most_rows) {
    const Engine engine = Engine::of(forest);
    Engine::Scratch scratch(engine);
    const std::vector<float> thresholds(forest.class_count, 0.4F);
    LeafPairs pairs{std::vector<std::uint64_t>(64), static_cast<std::uint32_t>(novelty_trees(forest) / 2)};
    for (std::size_t i = 0; i < pairs.bits.size(); ++i) pairs.bits[i] = 0x5555'5555'5555'5555;  // Half of all are seen.
    pairs.limit = std::min<std::uint32_t>(pairs.limit, static_cast<std::uint32_t>(novelty_trees(forest) - 1));
    const Calibration calibration{std::vector<CalibrationCurve>(forest.class_count, {{0.3F, 0.6F}, {0.2F, 0.9F}})};
    const DecisionRule rule{thresholds, &pairs, &calibration};
    for (std::size_t count = 1; count <= most_rows; count += count < 20 ? 1 : 41) {
        const std::vector<float> rows = rows_for(forest, count, count);
        std::vector<float> found(count * forest.class_count);
        std::vector<Decision> decisions(count);
        std::vector<std::uint32_t> unseen(count);
        engine.predict(rows, found, scratch, {&pairs, unseen});
        engine.decide(rows, rule, decisions, scratch);
        std::vector<float> expected(forest.class_count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::span<const float> row(&rows[i * forest.feature_count], forest.feature_count);
            forest.predict(row, expected);
            ASSERT_EQ(unseen[i], unseen_pairs(forest, pairs, row)) << count;
            ASSERT_TRUE(std::equal(expected.begin(), expected.end(), &found[i * forest.class_count])) << count;
            Decision decision = decide_by(expected, rule);
            decision.is_novel = unseen[i] > pairs.limit;
            ASSERT_EQ(decisions[i], decision) << count;
        }
    }
}

TEST(Engine, HasTheBitsOfThePlainPredictorWhicheverWayItTakes) {
    const Forest forests[] = {
        random_forest({.classes = 5, .trees = 50}, 1),
        random_forest({.combination = Combination::kSoftmax, .classes = 4, .trees = 40, .inner_nodes = 63}, 2),
        random_forest({.combination = Combination::kSoftmax, .classes = 4, .trees = 40, .inner_nodes = 90}, 3),
        random_forest({.combination = Combination::kLogistic, .classes = 2, .trees = 40}, 4)};
    for_every_instruction_set([&] {
        for (const Forest& forest : forests) expect_same_bits(forest, 200);
    });
    expect_same_bits(too_wide(), 12);
}

}  // namespace
}  // namespace flowsift::model
