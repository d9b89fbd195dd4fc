#include "learn/benign_reference.h"

#include <gtest/gtest.h>

#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

// Benign rows have 1 … 200 in the first column, 5 % of them are 10; 90 % of the second column is 0, the rest 7. The
// rows of the other class, all 1,000, change nothing.
TEST(BenignReference, IsOfBenignRowsByNearestRank) {
    std::vector<std::vector<float>> columns(2);
    std::vector<dataset::ClassIndex> labels;
    for (int i = 200; i >= 1; --i) {
        columns[0].push_back(static_cast<float>(i));
        columns[1].push_back(i % 10 == 0 ? 7.0F : 0.0F);
        columns[0].push_back(1'000);
        columns[1].push_back(1'000);
        labels.insert(labels.end(), {0, 1});
    }
    const dataset::Table table = table_of(columns, labels, 2);
    const model::BenignReference reference = benign_reference(table, every_row(table), 0);
    EXPECT_EQ(reference.rows, 200u);
    ASSERT_EQ(reference.features.size(), 2u);
    EXPECT_EQ(reference[0].low, 10);
    EXPECT_EQ(reference[0].high, 190);
    EXPECT_EQ(reference[0].edges, (std::vector<float>{20, 40, 60, 80, 100, 120, 140, 160, 180}));
    EXPECT_EQ(reference[0].shares, std::vector<float>(10, 0.1F));
    EXPECT_EQ(reference[1].low, 0);
    EXPECT_EQ(reference[1].high, 7);
    EXPECT_EQ(reference[1].edges, std::vector<float>{0});  // Nine deciles, all the same.
    EXPECT_EQ(reference[1].shares, (std::vector<float>{0.9F, 0.1F}));
    EXPECT_TRUE(model::check_reference(reference, 2));
}

TEST(BenignReference, IsEmptyWhereThereIsLittleToTell) {
    const dataset::Table table = table_of({std::vector<float>(99, 1)}, std::vector<dataset::ClassIndex>(99, 0), 1);
    EXPECT_TRUE(benign_reference(table, every_row(table), 0).empty());
    EXPECT_TRUE(benign_reference(table, every_row(table), -1).empty());
}

}  // namespace
}  // namespace flowsift::learn
