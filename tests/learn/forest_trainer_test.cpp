#include "learn/forest_trainer.h"

#include <gtest/gtest.h>

#include <numeric>

namespace flowsift::learn {
namespace {

dataset::Table table_of(std::vector<std::vector<float>> columns, std::vector<dataset::ClassIndex> labels,
                        std::size_t class_count) {
    dataset::Table table;
    table.columns = std::move(columns);
    table.labels = std::move(labels);
    for (std::size_t c = 0; c < class_count; ++c) table.classes.push_back("class " + std::to_string(c));
    return table;
}

std::vector<std::uint32_t> all_rows(const dataset::Table& table) {
    std::vector<std::uint32_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

// One tree, no bootstrap: the only split that separates 1, 2 (class 0) from 5, 9 (class 1) is halfway from 2 to 5.
TEST(ForestTrainer, SplitsHalfwayBetweenTheClasses) {
    const auto table = table_of({{1, 9, 2, 5}}, {0, 1, 0, 1}, 2);
    ForestOptions options;
    options.trees = 1;
    options.bootstrap = false;
    const auto trained = train_forest(table, all_rows(table), options, {});
    ASSERT_TRUE(trained.ok());
    const auto& nodes = trained->forest.trees[0].nodes;
    ASSERT_EQ(nodes.size(), 3U);
    EXPECT_FLOAT_EQ(nodes[0].threshold, 3.5F);
    EXPECT_EQ(trained->importance, std::vector<double>{1.0});
}

}  // namespace
}  // namespace flowsift::learn
