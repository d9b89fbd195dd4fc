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
        const auto split = split_by_group(table, Grouping::kFiveTuple, 0.25, seed);
        ASSERT_TRUE(split);
        expect_whole(table, *split);
        std::set<std::uint64_t> train;
        for (const std::uint32_t row : split->train) train.insert(table.five_tuples[row]);
        for (const std::uint32_t row : split->test) EXPECT_FALSE(train.contains(table.five_tuples[row]));
        EXPECT_EQ(split->test, split_by_group(table, Grouping::kFiveTuple, 0.25, seed)->test);
    }
}

TEST(GroupSplit, IsOffByAtMostHalfTheLargestGroupOfAClass) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Table table = random_table(seed, 600, 60);
        const auto split = split_by_group(table, Grouping::kFiveTuple, 0.25, seed);
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
    const auto split = split_by_group(table, Grouping::kFiveTuple, 0.25, 1);
    ASSERT_TRUE(split);
    EXPECT_THAT(per_class(table, split->test), ElementsAre(0, 1));
}

TEST(GroupSplit, WantsFiveTuples) {
    Table table = table_of(1, {0, 0});
    table.five_tuples[1] = 0;
    const auto split = split_by_group(table, Grouping::kFiveTuple, 0.25, 1);
    ASSERT_FALSE(split);
    EXPECT_THAT(split.error().message, HasSubstr("1 of 2 rows lack"));
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
    table.times = {7, 8, 9};
    table.sources = {0, 0, 1};
    table.source_names = {"a", "b"};
    table.profile = "default";
    const Table picked = select_rows(table, {2, 1});
    EXPECT_THAT(picked.columns[0], ElementsAre(12, 11));
    EXPECT_THAT(picked.labels, ElementsAre(0, 1));
    EXPECT_THAT(picked.five_tuples, ElementsAre(102, 101));
    EXPECT_THAT(picked.times, ElementsAre(9, 8));
    EXPECT_THAT(picked.sources, ElementsAre(1, 0));
    EXPECT_EQ(picked.classes, table.classes);
    EXPECT_EQ(picked.source_names, table.source_names);
    EXPECT_EQ(picked.profile, "default");
}

TEST(SplitByGroup, KeepsHostsAndCapturesApart) {
    Table table = random_table(3, 900, 200);
    table.hosts.resize(900);
    table.sources.resize(900);
    for (std::uint32_t row = 0; row < 900; ++row) {
        table.hosts[row] = 1 + table.five_tuples[row] % 40;
        table.sources[row] = static_cast<std::uint32_t>(table.five_tuples[row] % 9);
    }
    const auto by_host = split_by_group(table, Grouping::kHost, 0.25, 1);
    const auto by_capture = split_by_group(table, Grouping::kCapture, 0.25, 1);
    ASSERT_TRUE(by_host && by_capture);
    expect_whole(table, *by_host);
    expect_whole(table, *by_capture);
    std::set<std::uint64_t> hosts, captures;
    for (const std::uint32_t row : by_host->train) hosts.insert(table.hosts[row]);
    for (const std::uint32_t row : by_host->test) EXPECT_FALSE(hosts.contains(table.hosts[row]));
    for (const std::uint32_t row : by_capture->train) captures.insert(table.sources[row]);
    for (const std::uint32_t row : by_capture->test) EXPECT_FALSE(captures.contains(table.sources[row]));
}

TEST(SplitByGroup, OneGroupCannotBeKeptApart) {
    Table table = table_of(2, {0, 1, 0});
    table.sources = {0, 0, 0};
    const auto split = split_by_group(table, Grouping::kCapture, 0.25, 1);
    ASSERT_FALSE(split);
    EXPECT_THAT(split.error().message, HasSubstr("all rows are of 1 file(s), too few to keep apart"));
    EXPECT_FALSE(has_groups(table, Grouping::kHost));
    EXPECT_TRUE(has_groups(table, Grouping::kFiveTuple));
}

// Classes of 5, 4 and 1 rows: a third of each, rounded up, is 2, 2 and 1.
TEST(SampleStratified, TakesItsShareOfEveryClass) {
    const Table table = table_of(3, {0, 0, 1, 1, 2, 0, 1, 1, 0, 0});
    std::vector<std::uint32_t> rows(10);
    for (std::uint32_t row = 0; row < 10; ++row) rows[row] = row;
    const auto sample = sample_stratified(table, rows, 1.0 / 3, 4);
    EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
    EXPECT_THAT(per_class(table, sample), ElementsAre(2, 2, 1));
    EXPECT_EQ(sample, sample_stratified(table, rows, 1.0 / 3, 4));
}

/// Every row is tested in exactly one fold.
void expect_folds(const Table& table, const std::vector<Split>& folds) {
    std::vector<int> tested(table.rows());
    for (const Split& fold : folds) {
        expect_whole(table, fold);
        for (const std::uint32_t row : fold.test) ++tested[row];
    }
    EXPECT_EQ(std::count(tested.begin(), tested.end(), 1), static_cast<std::ptrdiff_t>(table.rows()));
}

TEST(Folds, TestEveryRowOnceAndEveryClassInEach) {
    const Table table = random_table(5, 997, 300);
    const auto folds = fold_stratified(table, 5, 1);
    ASSERT_TRUE(folds);
    ASSERT_EQ(folds->size(), 5U);
    expect_folds(table, *folds);
    for (const Split& fold : *folds) {
        expect_counts_within_one(table, fold, 0.2);
        EXPECT_NEAR(static_cast<double>(fold.test.size()), 997.0 / 5, 1);
    }
    EXPECT_EQ((*fold_stratified(table, 5, 1))[3].test, (*folds)[3].test);
    EXPECT_NE((*fold_stratified(table, 5, 2))[3].test, (*folds)[3].test);
}

TEST(Folds, KeepGroupsTogether) {
    const Table table = random_table(6, 2'000, 300);
    const auto folds = fold_by_group(table, Grouping::kFiveTuple, 4, 1);
    ASSERT_TRUE(folds);
    expect_folds(table, *folds);
    for (const Split& fold : *folds) {
        std::set<std::uint64_t> groups;
        for (const std::uint32_t row : fold.train) groups.insert(table.five_tuples[row]);
        for (const std::uint32_t row : fold.test) ASSERT_FALSE(groups.contains(table.five_tuples[row]));
        EXPECT_NEAR(static_cast<double>(fold.test.size()), 500, 60);
    }
}

TEST(Folds, SayWhatIsImpossible) {
    const Table table = table_of(2, {0, 1, 0});
    EXPECT_FALSE(fold_stratified(table, 1, 1));
    EXPECT_FALSE(fold_stratified(table, 4, 1));
    const auto folds = fold_by_group(table, Grouping::kFiveTuple, 2, 1);
    ASSERT_FALSE(folds);
    EXPECT_THAT(folds.error().message, HasSubstr("too few to keep apart"));
}

}  // namespace
}  // namespace flowsift::dataset
