#include "learn/binned_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;

TEST(BinnedTable, GivesEachOfFewValuesItsBin) {
    const auto table = table_of({{3, -1, 3, 0.5F, -0.0F, 0.0F}}, {0, 0, 0, 0, 0, 0}, 1);
    const auto rows = every_row(table);
    const BinnedTable binned(table, rows, 1);
    EXPECT_TRUE(binned.bins(0).is_exact);
    EXPECT_THAT(binned.bins(0).lowest, ElementsAre(-1, 0, 0.5F, 3));
    EXPECT_EQ(binned.bins(0).lowest, binned.bins(0).highest);
    EXPECT_THAT(binned.codes(0), ElementsAre(3, 0, 3, 2, 1, 1));
}

TEST(BinnedTable, SeesOnlyItsRowsAndInTheirOrder) {
    const auto table = table_of({{3, -1, 7, 5}}, {0, 1, 2, 3}, 4);
    const std::vector<std::uint32_t> rows = {3, 1, 3};
    const BinnedTable binned(table, rows, 1);
    EXPECT_THAT(binned.bins(0).lowest, ElementsAre(-1, 5));
    EXPECT_THAT(binned.codes(0), ElementsAre(1, 0, 1));
    EXPECT_EQ(binned.label(0), 3);
    EXPECT_EQ(binned.value(0, 1), -1);
}

/// 2,000 rows of 0 and 8,000 distinct values, shuffled.
dataset::Table skewed_table() {
    std::vector<float> values(10'000, 0.0F);
    for (std::size_t i = 2'000; i < values.size(); ++i) values[i] = static_cast<float>(i) / 7;
    base::Random(1).shuffle(values);
    return table_of({values}, std::vector<dataset::ClassIndex>(values.size()), 1);
}

TEST(BinnedTable, NeverMixesTheOrderOfValuesAndBins) {
    const auto table = skewed_table();
    const auto rows = every_row(table);
    const BinnedTable binned(table, rows, 2);
    const FeatureBins& bins = binned.bins(0);
    EXPECT_FALSE(bins.is_exact);
    ASSERT_LE(bins.size(), kMaxBins);
    for (std::size_t b = 0; b < bins.size(); ++b) {
        EXPECT_LE(bins.lowest[b], bins.highest[b]);
        EXPECT_TRUE(b == 0 || bins.highest[b - 1] < bins.lowest[b]);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t code = binned.codes(0)[i];
        ASSERT_LE(bins.lowest[code], binned.value(0, i));
        ASSERT_GE(bins.highest[code], binned.value(0, i));
    }
}

// The 2,000 zeros take one bin, and the 8,000 others share 255: 31.4 rows each, so at most 32.
TEST(BinnedTable, SharesTheRowsThatAFrequentValueLeaves) {
    const auto table = skewed_table();
    const auto rows = every_row(table);
    const BinnedTable binned(table, rows, 1);
    std::vector<std::size_t> counts(kMaxBins, 0);
    for (const std::uint8_t code : binned.codes(0)) ++counts[code];
    EXPECT_EQ(binned.bins(0).size(), kMaxBins);
    EXPECT_EQ(counts[0], 2'000U);
    EXPECT_LE(*std::max_element(counts.begin() + 1, counts.end()), 32U);
}

}  // namespace
}  // namespace flowsift::learn
