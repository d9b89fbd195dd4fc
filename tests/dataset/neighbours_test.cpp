#include "dataset/neighbours.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

#include "base/random.h"

namespace flowsift::dataset {
namespace {

using testing::ElementsAre;
using Rows = std::vector<std::uint32_t>;
using Values = std::vector<std::vector<float>>;

Rows all_rows(const Values& columns) {
    Rows rows(columns.front().size());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

Rows nearest(const Values& columns, const Rows& queries, std::size_t k, std::size_t threads = 1) {
    return nearest_neighbours(columns, queries, k, threads).value();
}

/// Every distance, and a full sort.
Rows sort_all(const Values& columns, const Rows& queries, std::size_t k) {
    Rows result;
    for (const std::uint32_t query : queries) {
        std::vector<std::pair<double, std::uint32_t>> others;
        for (std::uint32_t row = 0; row < columns.front().size(); ++row) {
            double sum = 0;
            for (const auto& column : columns) {
                const double difference = static_cast<double>(column[row]) - static_cast<double>(column[query]);
                sum += difference * difference;
            }
            if (row != query) others.emplace_back(sum, row);
        }
        std::sort(others.begin(), others.end());
        for (std::size_t i = 0; i < k; ++i) result.push_back(others[i].second);
    }
    return result;
}

TEST(Neighbours, OfPointsOnALine) {
    // 0, 1, 3, 7, 7: from 1 it is 1 to the first row and 2 to the third; from 7 the other 7 is nearest, then 3.
    const Values line = {{0, 1, 3, 7, 7}};
    EXPECT_THAT(nearest(line, {1, 3, 4, 2}, 2), ElementsAre(0, 2, 4, 2, 3, 2, 1, 0));
}

TEST(Neighbours, AsNearOnesComeInTheOrderOfTheirNumber) {
    // The four corners are as far from the middle, row 4.
    EXPECT_THAT(nearest({{1, -1, 1, -1, 0}, {1, 1, -1, -1, 0}}, {4}, 3), ElementsAre(0, 1, 2));
}

TEST(Neighbours, OfEqualRowsAreEachOther) {
    const Values equal = {std::vector<float>(100, 3), std::vector<float>(100, 0)};
    EXPECT_THAT(nearest(equal, {0, 1, 99}, 3), ElementsAre(1, 2, 3, 0, 2, 3, 0, 1, 2));
}

/// Whole numbers: their distances are exact in any order of summation, and many are as near and many equal.
TEST(Neighbours, EqualAFullSortOnGridsWithTiesAndRepetitions) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        base::Random random(seed);
        const std::uint32_t rows = 2 + random.below(400), values = 1 + random.below(6);
        Values columns(1 + random.below(12));
        for (auto& column : columns)
            for (std::uint32_t row = 0; row < rows; ++row)
                column.push_back(static_cast<float>(random.below(values)) - static_cast<float>(random.below(2)));
        const std::size_t k = 1 + random.below(std::min(rows - 1, 40U));
        ASSERT_EQ(nearest(columns, all_rows(columns), k), sort_all(columns, all_rows(columns), k)) << seed;
    }
}

/// Clusters of very different density with far outliers, as flows have them, in columns of very different spread.
Values clusters(std::uint64_t seed, std::uint32_t rows, std::size_t width) {
    base::Random random(seed);
    Values columns(width);
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::uint32_t cluster = random.below(9);
        const double spread = cluster == 8 ? 1e4 : cluster == 7 ? 1e-12 : 0.01 * (1 + cluster);
        for (std::size_t c = 0; c < width; ++c)
            columns[c].push_back(
                static_cast<float>((static_cast<double>(cluster * (c % 3)) + spread * (random.uniform() - 0.5)) /
                                   static_cast<double>(1 + c)));
    }
    return columns;
}

TEST(Neighbours, EqualAFullSortInClustersForSomeOfTheRows) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const Values columns = clusters(seed, 700, 1 + 9 * seed);
        base::Random random(seed);
        Rows queries;
        for (std::uint32_t row = 0; row < 700; ++row)
            if (random.below(3) == 0) queries.push_back(row);
        random.shuffle(queries);
        ASSERT_EQ(nearest(columns, queries, 5), sort_all(columns, queries, 5)) << seed;
    }
}

TEST(Neighbours, AreExactFarFromZeroAndInTheSmallest) {
    // Differences of 1 at 10^7, where |a|^2 + |b|^2 - 2ab would lose them; and squares that no float32 can hold.
    Values far(3), tiny(3);
    base::Random random(3);
    for (int row = 0; row < 200; ++row)
        for (std::size_t c = 0; c < 3; ++c) {
            far[c].push_back(static_cast<float>(10'000'000 + random.below(50)));
            tiny[c].push_back(static_cast<float>(1e-30 * random.uniform()));
        }
    EXPECT_EQ(nearest(far, all_rows(far), 5), sort_all(far, all_rows(far), 5));
    EXPECT_EQ(nearest(tiny, all_rows(tiny), 5), sort_all(tiny, all_rows(tiny), 5));
}

TEST(Neighbours, DoNotDependOnTheNumberOfThreads) {
    const Values columns = clusters(1, 3'000, 20);
    EXPECT_EQ(nearest(columns, all_rows(columns), 5, 1), nearest(columns, all_rows(columns), 5, 7));
}

TEST(Neighbours, TellProgressAndStop) {
    const Values columns = clusters(1, 500, 3);
    std::uint64_t last = 0;
    const base::Progress counting{[&](std::uint64_t done, std::uint64_t total) {
        EXPECT_GT(done, last);
        EXPECT_EQ(total, 500U);
        last = done;
        return true;
    }};
    EXPECT_TRUE(nearest_neighbours(columns, all_rows(columns), 5, 1, counting));
    EXPECT_EQ(last, 500U);
    const base::Progress stopping{[](std::uint64_t, std::uint64_t) { return false; }};
    const auto stopped = nearest_neighbours(columns, all_rows(columns), 5, 2, stopping);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().message, "stopped while looking for nearest neighbours");
}

}  // namespace
}  // namespace flowsift::dataset
