#include "learn/audit_overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;
constexpr base::Nanoseconds kSecond = 1'000'000'000;

TEST(Overlap, ByHand) {
    // Train: 0 (1, 1; a), 1 (2, 2; a), 2 (3, 3; b). Test: 3 equals 0 in all; 4 equals 1 but is b; 5 equals none;
    // 6 differs from 2 in the second value; 7 equals 2 with -0 for 0 in the third column.
    const std::vector<std::vector<float>> columns = {
        {1, 2, 3, 1, 2, 9, 3, 3}, {1, 2, 3, 1, 2, 9, 4, 3}, {0, 0, 0, 0, 0, 0, 0, -0.0F}};
    dataset::Table table = table_of(columns, {0, 0, 1, 0, 1, 1, 1, 1}, 2);
    const Overlap overlap = audit_overlap(table, {{0, 1, 2}, {3, 4, 5, 6, 7}});
    EXPECT_EQ(overlap.tested, 5U);
    EXPECT_EQ(overlap.twins, 2U);
    EXPECT_EQ(overlap.contradictions, 1U);
    EXPECT_THAT(overlap.unseen, ElementsAre(5, 6));
    EXPECT_FALSE(overlap.shared_pairs);
    EXPECT_FALSE(overlap.neighbours);
}

TEST(Overlap, ATwinAmongContradictionsIsATwin) {
    const dataset::Table table = table_of({{1, 1, 1}}, {0, 1, 1}, 2);
    const Overlap overlap = audit_overlap(table, {{0, 1}, {2}});
    EXPECT_EQ(overlap.twins, 1U);
    EXPECT_EQ(overlap.contradictions, 0U);
}

TEST(Overlap, PairsAndNeighboursByHand) {
    dataset::Table table = table_of({{1, 2, 3, 4, 5}}, {0, 1, 0, 0, 1}, 2);
    table.five_tuples = {7, 8, 8, 9, 7};
    // Training rows of class 0 begin at 10 s, of class 1 at 20 s. Row 2 (class 0) begins 1 s later: a neighbour. Row 3
    // begins 1 s and 1 ns later: none. Row 4 is of class 1 and begins with the training row of class 0: none.
    table.times = {10 * kSecond, 20 * kSecond, 11 * kSecond, 11 * kSecond + 1, 10 * kSecond};
    const Overlap overlap = audit_overlap(table, {{0, 1}, {2, 3, 4}});
    EXPECT_EQ(*overlap.shared_pairs, 2U);  // Rows 2 and 4: pairs 8 and 7.
    EXPECT_EQ(*overlap.neighbours, 1U);
    table.times[2] = 0;
    table.five_tuples[3] = 0;
    const Overlap unknown = audit_overlap(table, {{0, 1}, {2, 3, 4}});
    EXPECT_FALSE(unknown.shared_pairs);
    EXPECT_FALSE(unknown.neighbours);
}

TEST(Overlap, EqualsTheComparisonOfAllPairs) {
    dataset::Table table = random_table(400, 3, 3, 5);
    const auto split = *dataset::split_stratified(table, 0.3, 2);
    std::uint64_t twins = 0, contradictions = 0;
    for (const std::uint32_t tested : split.test) {
        bool has_twin = false, has_equal = false;
        for (const std::uint32_t learnt : split.train) {
            bool is_equal = true;
            for (const auto& column : table.columns) is_equal = is_equal && column[tested] == column[learnt];
            has_equal = has_equal || is_equal;
            has_twin = has_twin || (is_equal && table.labels[tested] == table.labels[learnt]);
        }
        twins += has_twin;
        contradictions += has_equal && !has_twin;
    }
    const Overlap overlap = audit_overlap(table, split);
    EXPECT_GT(twins, 0U);
    EXPECT_EQ(overlap.twins, twins);
    EXPECT_EQ(overlap.contradictions, contradictions);
    EXPECT_EQ(overlap.unseen.size(), split.test.size() - twins - contradictions);
}

}  // namespace
}  // namespace flowsift::learn
