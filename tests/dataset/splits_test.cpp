#include "dataset/splits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"

namespace flowsift::dataset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Table table_of(std::size_t classes, std::vector<ClassIndex> labels) {
    Table table;
    for (std::size_t c = 0; c < classes; ++c) table.classes.push_back("class " + std::to_string(c));
    table.five_tuples.assign(labels.size(), 1);
    table.times.assign(labels.size(), 1);
    table.labels = std::move(labels);
    return table;
}

Table random_table(std::uint64_t seed, std::uint32_t rows, std::uint32_t groups) {
    base::Random random(seed);
    Table table = table_of(4, std::vector<ClassIndex>(rows));
    for (std::uint32_t row = 0; row < rows; ++row) {
        // A group is of one class; classes are of very different size.
        const std::uint64_t group = 1 + random.below(groups);
        table.five_tuples[row] = group;
        table.labels[row] = static_cast<ClassIndex>(group % 13 == 0 ? 3 : group % 7 == 0 ? 2 : group % 2);
        table.times[row] = 1 + random.below(rows / 3);
    }
    return table;
}

void expect_whole(const Table& table, const Split& split) {
    std::vector<std::uint32_t> all = split.train;
    all.insert(all.end(), split.test.begin(), split.test.end());
    std::sort(all.begin(), all.end());
    ASSERT_EQ(all.size(), table.rows());
    for (std::uint32_t row = 0; row < all.size(); ++row) ASSERT_EQ(all[row], row);
    EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
    EXPECT_TRUE(std::is_sorted(split.test.begin(), split.test.end()));
}

std::vector<double> per_class(const Table& table, const std::vector<std::uint32_t>& rows) {
    std::vector<double> counts(table.classes.size());
    for (const std::uint32_t row : rows) ++counts[table.labels[row]];
    return counts;
}

void expect_counts_within_one(const Table& table, const Split& split, double share) {
    const auto test = per_class(table, split.test), train = per_class(table, split.train);
    for (std::size_t c = 0; c < test.size(); ++c) EXPECT_LE(std::abs(test[c] - share * (test[c] + train[c])), 1);
}

TEST(StratifiedSplit, RoundsHalfUpInEachClass) {
    // Shares of 25 %: of 4 rows 1; of 2 rows 0.5, rounded up to 1; of 1 row 0.25, rounded down to 0.
    const Table table = table_of(3, {0, 1, 0, 2, 0, 1, 0});
    const auto split = split_stratified(table, 0.25, 3);
    ASSERT_TRUE(split);
    expect_whole(table, *split);
    EXPECT_THAT(per_class(table, split->test), ElementsAre(1, 1, 0));
}

TEST(StratifiedSplit, KeepsInvariantsForManySeeds) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Table table = random_table(seed, 500, 80);
        const auto split = split_stratified(table, 0.3, seed);
        ASSERT_TRUE(split);
        expect_whole(table, *split);
        expect_counts_within_one(table, *split, 0.3);
        EXPECT_EQ(split->test, split_stratified(table, 0.3, seed)->test);
        EXPECT_NE(split->test, split_stratified(table, 0.3, seed + 1)->test);
    }
}

TEST(StratifiedSplit, EveryRowIsTestedAboutEquallyOften) {
    const Table table = table_of(1, std::vector<ClassIndex>(20));
    std::vector<int> tested(20);
    for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
        const auto split = split_stratified(table, 0.25, seed);
        for (const std::uint32_t row : split->test) ++tested[row];
    }
    // 4000 * 0.25 = 1000 with a standard deviation of sqrt(4000 * 0.25 * 0.75) = 27; five of those either way.
    for (const int count : tested) EXPECT_NEAR(count, 1'000, 137);
}

TEST(GroupSplit, NeverSharesAFiveTuple) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Table table = random_table(seed, 600, 100);
        const auto split = split_by_group(table, 0.25, seed);
        ASSERT_TRUE(split);
        expect_whole(table, *split);
        std::set<std::uint64_t> train;
        for (const std::uint32_t row : split->train) train.insert(table.five_tuples[row]);
        for (const std::uint32_t row : split->test) EXPECT_FALSE(train.contains(table.five_tuples[row]));
        EXPECT_EQ(split->test, split_by_group(table, 0.25, seed)->test);
    }
}

TEST(GroupSplit, IsOffByAtMostHalfTheLargestGroupOfAClass) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Table table = random_table(seed, 600, 60);
        const auto split = split_by_group(table, 0.25, seed);
        ASSERT_TRUE(split);
        std::map<std::uint64_t, double> group_rows;
        for (const std::uint64_t group : table.five_tuples) ++group_rows[group];
        std::vector<double> largest(table.classes.size());
        for (std::uint32_t row = 0; row < table.rows(); ++row)
            largest[table.labels[row]] = std::max(largest[table.labels[row]], group_rows[table.five_tuples[row]]);
        const auto test = per_class(table, split->test), train = per_class(table, split->train);
        for (std::size_t c = 0; c < test.size(); ++c)
            EXPECT_LE(std::abs(test[c] - 0.25 * (test[c] + train[c])), largest[c] / 2);
    }
}

TEST(GroupSplit, AClassOfOneGroupTrains) {
    Table table = table_of(2, {0, 0, 0, 0, 1, 1, 1, 1});
    table.five_tuples = {9, 9, 9, 9, 1, 2, 3, 4};
    const auto split = split_by_group(table, 0.25, 1);
    ASSERT_TRUE(split);
    EXPECT_THAT(per_class(table, split->test), ElementsAre(0, 1));
}

TEST(GroupSplit, WantsFiveTuples) {
    Table table = table_of(1, {0, 0});
    table.five_tuples[1] = 0;
    const auto split = split_by_group(table, 0.25, 1);
    ASSERT_FALSE(split);
    EXPECT_THAT(split.error().message, HasSubstr("1 of 2 rows lack"));
}

TEST(HostSplit, HasNoHostOnBothSides) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        Table table = random_table(seed, 600, 100);
        for (const std::uint64_t group : table.five_tuples) table.hosts.push_back(1 + group % 40);
        const auto split = split_by_host(table, 0.25, seed);
        ASSERT_TRUE(split);
        expect_whole(table, *split);
        std::set<std::uint64_t> train;
        for (const std::uint32_t row : split->train) train.insert(table.hosts[row]);
        for (const std::uint32_t row : split->test) EXPECT_FALSE(train.contains(table.hosts[row]));
    }
}

TEST(HostSplit, WantsHosts) {
    Table table = table_of(1, {0, 0});
    EXPECT_THAT(split_by_host(table, 0.25, 1).error().message,
                HasSubstr("a split by host wants source addresses, which 2 of 2 rows lack"));
    table.hosts = {0, 4};
    EXPECT_THAT(split_by_host(table, 0.25, 1).error().message, HasSubstr("1 of 2 rows lack"));
}

TEST(SourceSplit, TestsTheNamedSources) {
    Table table = table_of(1, {0, 0, 0, 0});
    table.sources = {0, 1, 2, 1};
    table.source_names = {"monday.csv", "tuesday.csv", "friday.csv"};
    const auto split = split_by_source(table, {"tuesday.csv", "monday.csv"});
    ASSERT_TRUE(split);
    EXPECT_THAT(split->test, ElementsAre(0, 1, 3));
    EXPECT_THAT(split->train, ElementsAre(2));
    EXPECT_EQ(split_by_source(table, {"sunday.csv"}).error().message,
              "no row comes from sunday.csv; the sources are monday.csv, tuesday.csv, friday.csv");
    EXPECT_EQ(split_by_source(table, {}).error().message,
              "a split by source leaves no row to test; name some of the sources, not none");
    EXPECT_EQ(split_by_source(table, table.source_names).error().message,
              "a split by source leaves no row to learn from; name some of the sources, not all");
}

TEST(TimeSplit, TheEarlierPartOfEachClassTrains) {
    Table table = table_of(2, {0, 0, 0, 0, 1, 1, 1, 1});
    table.times = {40, 30, 20, 10, 400, 100, 300, 200};
    const auto split = split_by_time(table, 0.25, TimeOrder::kPerClass);
    ASSERT_TRUE(split);
    EXPECT_THAT(split->test, ElementsAre(0, 4));
    const auto global = split_by_time(table, 0.25, TimeOrder::kGlobal);
    ASSERT_TRUE(global);
    EXPECT_THAT(global->test, ElementsAre(4, 6));
}

TEST(TimeSplit, NothingTestedIsEarlierThanWhatTrains) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Table table = random_table(seed, 400, 50);
        for (const TimeOrder order : {TimeOrder::kPerClass, TimeOrder::kGlobal}) {
            const auto split = split_by_time(table, 0.25, order);
            ASSERT_TRUE(split);
            expect_whole(table, *split);
            for (const std::uint32_t late : split->test)
                for (const std::uint32_t early : split->train)
                    if (order == TimeOrder::kGlobal || table.labels[late] == table.labels[early]) {
                        ASSERT_LE(table.times[early], table.times[late]);
                    }
            if (order == TimeOrder::kPerClass) expect_counts_within_one(table, *split, 0.25);
            if (order == TimeOrder::kGlobal) {
                EXPECT_EQ(split->test.size(), 100U);
            }
        }
    }
}

TEST(TimeSplit, WantsTimes) {
    Table table = table_of(1, {0, 0});
    table.times[0] = 0;
    const auto split = split_by_time(table, 0.25, TimeOrder::kPerClass);
    ASSERT_FALSE(split);
    EXPECT_THAT(split.error().message, HasSubstr("wants timestamps"));
}

TEST(Splits, RefuseASillyShare) {
    const Table table = table_of(1, {0, 0});
    for (const double share : {0.0, 1.0, -0.5, 2.0, std::nan("")}) EXPECT_FALSE(split_stratified(table, share, 1));
}

TEST(SelectRows, KeepsEveryColumnInStep) {
    Table table = table_of(2, {0, 1, 0});
    table.schema.features = {5};
    table.columns = {{10, 11, 12}};
    table.five_tuples = {100, 101, 102};
    table.hosts = {50, 51, 52};
    table.times = {7, 8, 9};
    table.sources = {0, 0, 1};
    table.source_names = {"a", "b"};
    table.profile = "default";
    const Table picked = select_rows(table, {2, 1});
    EXPECT_THAT(picked.columns[0], ElementsAre(12, 11));
    EXPECT_THAT(picked.labels, ElementsAre(0, 1));
    EXPECT_THAT(picked.five_tuples, ElementsAre(102, 101));
    EXPECT_THAT(picked.hosts, ElementsAre(52, 51));
    EXPECT_THAT(picked.times, ElementsAre(9, 8));
    EXPECT_THAT(picked.sources, ElementsAre(1, 0));
    EXPECT_EQ(picked.classes, table.classes);
    EXPECT_EQ(picked.source_names, table.source_names);
    EXPECT_EQ(picked.profile, "default");
}

}  // namespace
}  // namespace flowsift::dataset
