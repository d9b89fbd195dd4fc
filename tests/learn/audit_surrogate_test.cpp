#include "learn/audit_surrogate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "learn/forest_trainer.h"
#include "learn/prediction.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

model::Model model_of(const dataset::Table& table, std::uint32_t trees) {
    model::Model model;
    model.classes = table.classes;
    model.stages.push_back({0, train_forest(table, every_row(table), {.trees = trees}, {})->forest});
    return model;
}

TEST(Surrogate, OneQuestionByHand) {
    // The class is whether feature 1 is above 3: every forest learns that, and one question says it.
    dataset::Table table = table_of({{5, 5, 5, 5, 5, 5, 5, 5}, {1, 2, 3, 3, 4, 5, 6, 7}}, {0, 0, 0, 0, 1, 1, 1, 1}, 2);
    model::Tree tree{
        .nodes = {{.threshold = 3.5F, .feature = 1, .is_leaf = false, .left = 1}, {.leaf = 0}, {.leaf = 1}},
        .values = {1, 0, 0, 1}};
    model::Model model;
    model.classes = table.classes;
    model.stages.push_back({0, {.feature_count = 2, .class_count = 2, .base_margins = {}, .trees = {tree}}});
    const auto surrogate = fit_surrogate(model, table, every_row(table), {0, 4, 5}, 1);
    ASSERT_TRUE(surrogate);
    ASSERT_EQ(surrogate->nodes.size(), 3U);
    EXPECT_EQ(surrogate->nodes[0].feature, 1);
    EXPECT_GE(surrogate->nodes[0].threshold, 3);
    EXPECT_LT(surrogate->nodes[0].threshold, 4);
    EXPECT_EQ(surrogate->nodes[0].rows, 3U);
    EXPECT_EQ(surrogate->nodes[1].label, 0);
    EXPECT_EQ(surrogate->nodes[1].rows, 1U);
    EXPECT_EQ(surrogate->nodes[2].label, 1);
    EXPECT_EQ(surrogate->nodes[2].rows, 2U);
    EXPECT_EQ(surrogate->fidelity(), 1);
    EXPECT_EQ(surrogate->most_frequent, 2U);
}

TEST(Surrogate, CountsWhatItsNodesSay) {
    const dataset::Table table = random_table(600, 5, 3, 21);
    const model::Model model = model_of(table, 15);
    const auto surrogate = fit_surrogate(model, table, every_row(table), every_row(table), 2);
    ASSERT_TRUE(surrogate);
    const auto said = ask(model, table, every_row(table), 1).by_forest;
    std::uint64_t agreeing = 0;
    for (std::uint32_t row = 0; row < table.rows(); ++row) {
        std::size_t at = 0, questions = 0;
        for (; !surrogate->nodes[at].is_leaf; ++questions) {
            const Surrogate::Node& node = surrogate->nodes[at];
            at = table.columns[node.feature][row] <= node.threshold ? node.left : node.left + 1;
        }
        EXPECT_LE(questions, kSurrogateDepth);
        agreeing += surrogate->nodes[at].label == said[row];
    }
    EXPECT_EQ(surrogate->agreeing, agreeing);
    EXPECT_GE(surrogate->agreeing, surrogate->most_frequent);
    for (const Surrogate::Node& node : surrogate->nodes) {
        if (node.is_leaf) continue;
        const Surrogate::Node &left = surrogate->nodes[node.left], &right = surrogate->nodes[node.left + 1];
        EXPECT_FALSE(left.is_leaf && right.is_leaf && left.label == right.label);  // No idle question.
        EXPECT_EQ(node.rows, left.rows + right.rows);
        EXPECT_EQ(node.agreeing, left.agreeing + right.agreeing);
    }
}

TEST(Surrogate, AModelOfOneAnswerHasNone) {
    const dataset::Table table = table_of({{1, 2, 3, 4}}, {0, 1, 0, 1}, 2);
    model::Model model;
    model.classes = table.classes;
    const model::Tree leaf{.nodes = {{.leaf = 0}}, .values = {1, 0}};
    model.stages.push_back({0, {.feature_count = 1, .class_count = 2, .base_margins = {}, .trees = {leaf}}});
    EXPECT_FALSE(fit_surrogate(model, table, every_row(table), every_row(table), 1));
}

}  // namespace
}  // namespace flowsift::learn
