#include "dataset/folds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"

namespace flowsift::dataset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Groups are of mixed classes and very different size.
Table random_table(std::uint64_t seed, std::uint32_t rows, std::uint32_t groups) {
    base::Random random(seed);
    Table table;
    table.classes = {"A", "B", "C"};
    table.source_names = {"a", "b", "c", "d", "e"};
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::uint32_t group = 1 + random.below(1 + random.below(groups));
        table.five_tuples.push_back(group);
        table.hosts.push_back(1 + group % 11);
        table.sources.push_back(group % 5);
        table.times.push_back(1);
        table.labels.push_back(static_cast<ClassIndex>(random.below(20) == 0 ? 2 : group % 2));
    }
    return table;
}

/// Every row is tested by one fold and trains in all others, in ascending order.
void expect_folds(const Table& table, const std::vector<Split>& folds) {
    std::vector<std::size_t> tested(table.rows());
    for (const Split& fold : folds) {
        EXPECT_TRUE(std::is_sorted(fold.test.begin(), fold.test.end()));
        EXPECT_TRUE(std::is_sorted(fold.train.begin(), fold.train.end()));
        EXPECT_FALSE(fold.test.empty());
        for (const std::uint32_t row : fold.test) ++tested[row];
        std::vector<std::uint32_t> all(fold.train);
        all.insert(all.end(), fold.test.begin(), fold.test.end());
        EXPECT_EQ(std::set<std::uint32_t>(all.begin(), all.end()).size(), table.rows());
        EXPECT_EQ(all.size(), table.rows());
    }
    EXPECT_EQ(tested, std::vector<std::size_t>(table.rows(), 1));
}

std::size_t rows_of_class(const Table& table, const std::vector<std::uint32_t>& rows, ClassIndex label) {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [&](std::uint32_t row) { return table.labels[row] == label; }));
}

TEST(Folds, StratifiedOnesDifferByOneRowAtMost) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const Table table = random_table(seed, 50 + static_cast<std::uint32_t>(seed), 10);
        const std::size_t count = 2 + seed % 9;
        const auto folds = k_fold_stratified(table, count, seed);
        ASSERT_TRUE(folds);
        ASSERT_EQ(folds->size(), count);
        expect_folds(table, *folds);
        for (const Split& fold : *folds) {
            EXPECT_LE(fold.test.size(), table.rows() / count + 1);
            EXPECT_GE(fold.test.size(), table.rows() / count);
            for (ClassIndex c = 0; c < 3; ++c) {
                const std::size_t first = rows_of_class(table, folds->front().test, c);
                EXPECT_LE(rows_of_class(table, fold.test, c), first + 1);
                EXPECT_GE(rows_of_class(table, fold.test, c) + 1, first);
            }
        }
        EXPECT_EQ(folds->back().test, k_fold_stratified(table, count, seed)->back().test);
    }
    const Table table = random_table(1, 500, 10);
    EXPECT_NE(k_fold_stratified(table, 5, 1)->front().test, k_fold_stratified(table, 5, 2)->front().test);
}

std::uint64_t key_of(const Table& table, std::uint32_t row, GroupBy by) {
    return by == GroupBy::kFiveTuple ? table.five_tuples[row]
           : by == GroupBy::kHost    ? table.hosts[row]
                                     : table.sources[row];
}

TEST(Folds, HaveNoGroupOnBothSides) {
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        for (const GroupBy by : {GroupBy::kFiveTuple, GroupBy::kHost, GroupBy::kSource}) {
            const Table table = random_table(seed, 800, 60);
            const auto folds = k_fold_by_group(table, 4, seed, by);
            ASSERT_TRUE(folds);
            expect_folds(table, *folds);
            for (const Split& fold : *folds) {
                std::set<std::uint64_t> train;
                for (const std::uint32_t row : fold.train) train.insert(key_of(table, row, by));
                for (const std::uint32_t row : fold.test) ASSERT_FALSE(train.contains(key_of(table, row, by)));
            }
            EXPECT_EQ(folds->back().test, k_fold_by_group(table, 4, seed, by)->back().test);
        }
}

TEST(Folds, OfGroupsDealTheLargestFirst) {
    // Groups of 4, 3, 2, 2 and 1 rows of one class to two folds: 4 | 3, then 2 to the 3, 2 to the 4, 1 to the 5:
    // that is 4 + 2 | 3 + 2 + 1, six rows each.
    Table table;
    table.classes = {"A"};
    table.five_tuples = {1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5};
    table.labels.assign(12, 0);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const auto folds = k_fold_by_group(table, 2, seed, GroupBy::kFiveTuple);
        ASSERT_TRUE(folds);
        EXPECT_EQ(folds->front().test.size(), 6U);
        EXPECT_EQ(std::vector<std::uint32_t>(folds->front().test.begin(), folds->front().test.begin() + 4),
                  (std::vector<std::uint32_t>{0, 1, 2, 3}));
    }
}

TEST(Folds, TellWhyThereCanBeNone) {
    Table table = random_table(1, 10, 3);
    for (const std::size_t folds : {0U, 1U}) {
        EXPECT_THAT(k_fold_stratified(table, folds, 1).error().message, HasSubstr("at least two folds"));
        EXPECT_THAT(k_fold_by_group(table, folds, 1, GroupBy::kHost).error().message, HasSubstr("at least two folds"));
    }
    EXPECT_EQ(k_fold_stratified(table, 11, 1).error().message, "11 folds cannot be made of 10 rows; ask for fewer");
    EXPECT_THAT(k_fold_by_group(table, 4, 1, GroupBy::kFiveTuple).error().message,
                HasSubstr("folds cannot be made of"));
    table.hosts.clear();
    EXPECT_THAT(k_fold_by_group(table, 2, 1, GroupBy::kHost).error().message, HasSubstr("10 of 10 rows lack"));
}

}  // namespace
}  // namespace flowsift::dataset
