#include "dataset/cleaning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "features/schema.h"

namespace flowsift::dataset {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Table table_of(std::vector<std::vector<float>> columns, std::vector<ClassIndex> labels) {
    Table table;
    table.schema = {"custom", {}};
    for (std::size_t i = 0; i < columns.size(); ++i)
        table.schema.features.push_back(features::cic_schema().features[i + 3]);
    table.columns = std::move(columns);
    table.labels = std::move(labels);
    table.classes = {"A", "B", "C"};
    return table;
}

TEST(Overlap, TellsSharedRowsAndContradictionsApart) {
    // Row:                     0  1  2  3 |  4  5  6  7  8   (four train, five are tested)
    const Table table =
        table_of({{1, 1, 2, 1, 1, 2, 1, 3, 3}, {5, 6, 5, 5, 5, 5, 7, 5, 5}}, {0, 0, 1, 0, 0, 0, 0, 2, 2});
    const Overlap overlap = find_overlap(table, {{0, 1, 2, 3}, {4, 5, 6, 7, 8}});
    EXPECT_THAT(overlap.shared, ElementsAre(4));  // As rows 0 and 3.
    EXPECT_THAT(overlap.shared_per_class, ElementsAre(1, 0, 0));
    EXPECT_THAT(overlap.contradictory, ElementsAre(5));  // As row 2, which is of B.
    EXPECT_THAT(overlap.contradictory_per_class, ElementsAre(1, 0, 0));
    EXPECT_EQ(overlap.train_duplicates, 1U);  // Row 3.
    EXPECT_EQ(overlap.test_duplicates, 1U);   // Row 8.
    const Split rest = without_shared({{0, 1, 2, 3}, {4, 5, 6, 7, 8}}, overlap);
    EXPECT_THAT(rest.train, ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(rest.test, ElementsAre(5, 6, 7, 8));
}

TEST(Overlap, ARowMayBeSharedAndContradictoryAtOnce) {
    const Table table = table_of({{4, 4, 4}}, {0, 1, 1});
    const Overlap overlap = find_overlap(table, {{0, 1}, {2}});
    EXPECT_THAT(overlap.shared, ElementsAre(2));
    EXPECT_THAT(overlap.contradictory, ElementsAre(2));
    EXPECT_EQ(overlap.train_duplicates, 0U);
}

TEST(Overlap, TakesMinusZeroForZeroAndACheckpointForAnotherRow) {
    Table table = table_of({{0.0F, -0.0F, 0.0F}}, {0, 0, 0});
    EXPECT_THAT(find_overlap(table, {{0}, {1, 2}}).shared, ElementsAre(1, 2));
    table.depths = {0, 0, 8};
    EXPECT_THAT(find_overlap(table, {{0}, {1, 2}}).shared, ElementsAre(1));
}

TEST(Overlap, OfNothingIsNothing) {
    const Overlap overlap = find_overlap(table_of({{}}, {}), {});
    EXPECT_THAT(overlap.shared, IsEmpty());
    EXPECT_THAT(overlap.shared_per_class, ElementsAre(0, 0, 0));
}

bool is_same(const Table& table, std::uint32_t a, std::uint32_t b) {
    for (const auto& column : table.columns)
        if (column[a] != column[b]) return false;
    return table.depth(a) == table.depth(b);
}

/// Every pair of rows compared.
Overlap compare_all(const Table& table, const Split& split) {
    Overlap overlap;
    overlap.shared_per_class.assign(table.classes.size(), 0);
    overlap.contradictory_per_class.assign(table.classes.size(), 0);
    for (const std::uint32_t tested : split.test) {
        bool is_shared = false, is_contradictory = false;
        for (const std::uint32_t trained : split.train) {
            if (!is_same(table, tested, trained)) continue;
            is_shared |= table.labels[tested] == table.labels[trained];
            is_contradictory |= table.labels[tested] != table.labels[trained];
        }
        if (is_shared) overlap.shared.push_back(tested), ++overlap.shared_per_class[table.labels[tested]];
        if (is_contradictory)
            overlap.contradictory.push_back(tested), ++overlap.contradictory_per_class[table.labels[tested]];
    }
    const auto duplicates = [&](const std::vector<std::uint32_t>& rows) {
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (table.labels[rows[i]] == table.labels[rows[j]] && is_same(table, rows[i], rows[j])) {
                    ++count;
                    break;
                }
        return count;
    };
    overlap.train_duplicates = duplicates(split.train);
    overlap.test_duplicates = duplicates(split.test);
    return overlap;
}

TEST(Overlap, EqualsTheComparisonOfAllPairs) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        base::Random random(seed);
        const std::uint32_t rows = random.below(150), values = 1 + random.below(4);
        Table table = table_of({{}, {}, {}}, {});
        Split split;
        for (std::uint32_t row = 0; row < rows; ++row) {
            for (auto& column : table.columns) column.push_back(static_cast<float>(random.below(values)) - 1);
            table.labels.push_back(static_cast<ClassIndex>(random.below(3)));
            table.depths.push_back(random.below(2));
            (random.below(2) ? split.train : split.test).push_back(row);
        }
        const Overlap fast = find_overlap(table, split), slow = compare_all(table, split);
        EXPECT_EQ(fast.shared, slow.shared);
        EXPECT_EQ(fast.shared_per_class, slow.shared_per_class);
        EXPECT_EQ(fast.contradictory, slow.contradictory);
        EXPECT_EQ(fast.contradictory_per_class, slow.contradictory_per_class);
        EXPECT_EQ(fast.train_duplicates, slow.train_duplicates);
        EXPECT_EQ(fast.test_duplicates, slow.test_duplicates);
    }
}

TEST(ConstantColumns, AreToldByNameAndOverTheGivenRows) {
    const Table table = table_of({{1, 1, 2}, {7, 7, 7}, {0.0F, -0.0F, 1}}, {0, 0, 0});
    const std::string first(table.schema.feature(0).name), second(table.schema.feature(1).name),
        third(table.schema.feature(2).name);
    EXPECT_THAT(constant_columns(table, {0, 1, 2}), ElementsAre(second));
    EXPECT_THAT(constant_columns(table, {0, 1}), ElementsAre(first, second, third));
    EXPECT_THAT(constant_columns(table, {}), IsEmpty());
}

}  // namespace
}  // namespace flowsift::dataset
