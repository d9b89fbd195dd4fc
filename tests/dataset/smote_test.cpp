#include "dataset/smote.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/random.h"
#include "dataset/scaler.h"

namespace flowsift::dataset {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using Rows = std::vector<std::uint32_t>;

Table table_of(std::vector<std::vector<float>> columns, std::vector<ClassIndex> labels) {
    Table table;
    table.schema.name = "custom";
    for (std::size_t i = 0; i < columns.size(); ++i)
        table.schema.features.push_back(features::cic_schema().features[i]);
    table.columns = std::move(columns);
    table.five_tuples.assign(labels.size(), 7);
    table.times.assign(labels.size(), 9);
    table.sources.assign(labels.size(), 0);
    table.source_names = {"a.csv"};
    table.labels = std::move(labels);
    table.classes = {"A", "B", "C"};
    return table;
}

Rows all_rows(const Table& table) {
    Rows rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// The last column holds whole numbers; class C is the rarest. Classes overlap.
Table random_table(std::uint64_t seed, std::uint32_t rows) {
    base::Random random(seed);
    std::vector<std::vector<float>> columns(4);
    std::vector<ClassIndex> labels;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::uint32_t draw = random.below(10);
        labels.push_back(static_cast<ClassIndex>(row == 0 || draw == 0 ? 2 : draw < 4 ? 1 : 0));
        for (std::size_t c = 0; c < 3; ++c)
            columns[c].push_back(static_cast<float>((random.uniform() + 0.3 * labels.back()) * std::pow(100.0, c)));
        columns[3].push_back(static_cast<float>(random.below(50)));
    }
    return table_of(std::move(columns), std::move(labels));
}

Balanced balanced(const Table& table, const SmoteOptions& options = {}) {
    return smote(table, all_rows(table), options).value();
}

Rows rows_of_class(const Table& table, ClassIndex label) {
    Rows rows;
    for (const std::uint32_t row : all_rows(table))
        if (table.labels[row] == label) rows.push_back(row);
    return rows;
}

TEST(Smote, BringsEveryClassToTheSizeOfTheLargest) {
    const Table table = table_of({{0, 1, 2, 3, 10, 11, 20}}, {0, 0, 0, 0, 1, 1, 2});
    const Balanced result = balanced(table);
    ASSERT_EQ(result.classes.size(), 3U);
    EXPECT_EQ(result.classes[0].name, "A");
    EXPECT_EQ(result.classes[0].before, 4U);
    EXPECT_EQ(result.classes[0].after, 4U);
    EXPECT_EQ(result.classes[1].before, 2U);
    EXPECT_EQ(result.classes[1].after, 4U);
    EXPECT_EQ(result.classes[1].bases, 2U);
    EXPECT_EQ(result.classes[2].after, 4U);
    const Table& made = result.table;
    EXPECT_THAT(made.labels, ElementsAre(0, 0, 0, 0, 1, 1, 2, 1, 1, 2, 2, 2));
    EXPECT_THAT(made.five_tuples, ElementsAre(7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0));
    EXPECT_THAT(made.times, ElementsAre(9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 0, 0));
    EXPECT_THAT(made.sources, ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1));
    EXPECT_THAT(made.source_names, ElementsAre("a.csv", "synthetic"));
    EXPECT_EQ(std::vector<float>(made.columns[0].begin(), made.columns[0].begin() + 7), table.columns[0]);
    // B: whole numbers between 10 and 11. C: a lone row can only be repeated.
    EXPECT_THAT(std::vector<float>(made.columns[0].begin() + 7, made.columns[0].begin() + 9),
                Each(AllOf(Ge(10), Le(11))));
    EXPECT_THAT(std::vector<float>(made.columns[0].begin() + 9, made.columns[0].end()), Each(20));
    EXPECT_TRUE(made.depths.empty());
}

TEST(Smote, KeepsToTheCapTheTargetsAndTheTrainingRows) {
    const Table table = random_table(1, 400);
    Rows rows;
    for (std::uint32_t row = 0; row < 400; row += 2) rows.push_back(row);
    SmoteOptions options;
    options.cap = 90;
    options.targets = {{"C", 33}};
    const Balanced result = smote(table, rows, options).value();
    EXPECT_EQ(result.classes[0].after, result.classes[0].before);
    EXPECT_EQ(result.classes[1].after, 90U);
    EXPECT_EQ(result.classes[2].after, 33U);
    for (std::size_t place = 0; place < rows.size(); ++place)
        for (std::size_t c = 0; c < 4; ++c) ASSERT_EQ(result.table.columns[c][place], table.columns[c][rows[place]]);
    EXPECT_EQ(result.table.rows(), result.classes[0].after + 90 + 33);
    for (const auto& column : result.table.columns) EXPECT_EQ(column.size(), result.table.rows());
}

/// The k nearest of `row` in its class, scaled, by a full sort.
Rows neighbours_by_sort(const Table& scaled, std::uint32_t row, std::size_t k) {
    std::vector<std::pair<double, std::uint32_t>> others;
    for (const std::uint32_t other : rows_of_class(scaled, scaled.labels[row])) {
        double sum = 0;
        for (const auto& column : scaled.columns) {
            const double difference = static_cast<double>(column[other]) - static_cast<double>(column[row]);
            sum += difference * difference;
        }
        if (other != row) others.emplace_back(sum, other);
    }
    std::sort(others.begin(), others.end());
    Rows nearest;
    for (std::size_t i = 0; i < std::min(k, others.size()); ++i) nearest.push_back(others[i].second);
    return nearest;
}

/// Whether the synthetic row lies between `from` and `to`: one share for all columns, but for rounding.
bool is_between(const Table& made, std::uint32_t synthetic, std::uint32_t from, std::uint32_t to) {
    const auto value = [&](std::size_t c, std::uint32_t row) { return static_cast<double>(made.columns[c][row]); };
    const double length = value(0, to) - value(0, from);
    const double share = length == 0 ? 0 : (value(0, synthetic) - value(0, from)) / length;
    if (share < -1e-6 || share > 1 + 1e-6) return false;
    for (std::size_t c = 0; c < 4; ++c) {
        const double wanted = value(c, from) + share * (value(c, to) - value(c, from));
        const double tolerance = c == 3 ? 0.51 : 1e-3 * std::pow(100.0, c);
        if (std::abs(value(c, synthetic) - wanted) > tolerance) return false;
    }
    return true;
}

TEST(Smote, EverySyntheticRowLiesBetweenARowAndOneOfItsNearest) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const Table table = random_table(seed, 300);
        const Balanced result = balanced(table, {.neighbours = 3, .seed = seed});
        const Table scaled = StandardScaler::fit(table, all_rows(table)).transform(table);
        for (auto row = static_cast<std::uint32_t>(table.rows()); row < result.table.rows(); ++row) {
            bool is_found = false;
            for (const std::uint32_t from : rows_of_class(table, result.table.labels[row]))
                for (const std::uint32_t to : neighbours_by_sort(scaled, from, 3))
                    is_found = is_found || is_between(result.table, row, from, to);
            ASSERT_TRUE(is_found) << "seed " << seed << ", row " << row;
            ASSERT_EQ(std::trunc(result.table.columns[3][row]), result.table.columns[3][row]);
        }
    }
}

TEST(Smote, UsesEveryRowAndAllItsNeighboursAboutEquallyOften) {
    // Three rows of B, each nearest to the other two, and 600 of A: 597 synthetic rows, 199 from each, which choose one
    // of two lines each.
    std::vector<float> column(600, 1'000'000), other(600, 0);
    std::vector<ClassIndex> labels(600, 0);
    for (const auto& [x, y] : {std::pair{0.0F, 0.0F}, {1.0F, 0.5F}, {0.5F, 1.25F}}) {
        column.push_back(x);
        other.push_back(y);
        labels.push_back(1);
    }
    const Table table = table_of({column, other}, labels);
    const Table made = balanced(table).table;
    ASSERT_EQ(made.rows(), 1'200U);
    std::map<std::pair<int, int>, int> lines;  // By the two ends of the line that a synthetic row lies on.
    for (std::uint32_t row = 603; row < 1'200; ++row)
        for (const auto& [a, b] : {std::pair{600, 601}, {600, 602}, {601, 602}}) {
            const double ax = made.columns[0][a], ay = made.columns[1][a], bx = made.columns[0][b],
                         by = made.columns[1][b];
            const double x = made.columns[0][row], y = made.columns[1][row];
            if (std::abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) < 1e-5) ++lines[{a, b}];
        }
    // Each line is the choice of one in two of 398 rows: 199 +- 10 (standard deviation sqrt(398) / 2); five of those.
    ASSERT_EQ(lines.size(), 3U);
    for (const auto& [line, count] : lines) EXPECT_NEAR(count, 199, 50);
}

TEST(Smote, IsTheSameAtAnyNumberOfThreadsAndAnotherForAnotherSeed) {
    const Table table = random_table(3, 30'000);
    for (const auto variant : {SmoteVariant::kPlain, SmoteVariant::kBorderline}) {
        const Table one = balanced(table, {.variant = variant, .seed = 5, .threads = 1}).table;
        const Table many = balanced(table, {.variant = variant, .seed = 5, .threads = 6}).table;
        EXPECT_EQ(one.columns, many.columns);
        EXPECT_EQ(one.labels, many.labels);
        EXPECT_NE(one.columns, balanced(table, {.variant = variant, .seed = 6, .threads = 1}).table.columns);
    }
}

TEST(Smote, BorderlineStartsFromRowsInDangerAlone) {
    // m = 2. B stands at 0, 2 | 9.5, and 20 | 31; A at 10, 10.5, 21, 21.5 and far away (500 and more).
    //   0: nearest 2 and 9.5, both B: safe. 2: 0 and 9.5: safe. 9.5: 10 and 10.5, both A: noise.
    //   20: 21 and 21.5, both A: noise. 31: 21.5 (9.5 away) and 21 (10): noise.
    //   30.25, of B as well: 31 (0.75) and 21.5 (8.75): one of two is A: in danger. And then 31: 30.25 and 21.5: in
    //   danger.
    const Table table =
        table_of({{0, 2, 9.5F, 20, 31, 30.25F, 10, 10.5F, 21, 21.5F, 500, 501, 502, 503, 504, 505, 506, 507}},
                 {1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    SmoteOptions options{.variant = SmoteVariant::kBorderline, .neighbours = 1, .danger_neighbours = 2};
    const Balanced result = balanced(table, options);
    EXPECT_EQ(result.classes[1].before, 6U);
    EXPECT_EQ(result.classes[1].after, 12U);
    EXPECT_EQ(result.classes[1].bases, 2U);
    for (std::uint32_t row = 18; row < 24; ++row) {
        EXPECT_GE(result.table.columns[0][row], 30.25F);
        EXPECT_LE(result.table.columns[0][row], 31);
    }
}

TEST(Smote, BorderlineLeavesAClassWithoutDangerAsItIs) {
    const Table table = table_of({{0, 1, 2, 3, 100, 101}}, {0, 0, 0, 0, 1, 1});
    const Balanced result =
        balanced(table, {.variant = SmoteVariant::kBorderline, .neighbours = 1, .danger_neighbours = 1});
    EXPECT_EQ(result.classes[1].after, 2U);
    EXPECT_EQ(result.classes[1].bases, 0U);
    EXPECT_EQ(result.table.rows(), 6U);
}

TEST(Smote, RoundsLargeAndNegativeWholeNumbersToo) {
    const Table table = table_of({{0, 0, 0, 0, 0, -7, -2}, {0, 0, 0, 0, 0, 3e38F, 16'777'216}}, {0, 0, 0, 0, 0, 1, 1});
    const Table made = balanced(table).table;
    for (std::uint32_t row = 7; row < made.rows(); ++row)
        for (const auto& column : made.columns) {
            EXPECT_TRUE(std::isfinite(column[row]));
            EXPECT_EQ(std::trunc(column[row]), column[row]);
        }
}

TEST(Smote, KeepsTheDepthOfACheckpointAndRefusesAMixture) {
    Table table = table_of({{0, 1, 2, 3, 4}}, {0, 0, 0, 1, 1});
    table.depths = {8, 8, 8, 8, 8};
    EXPECT_THAT(balanced(table).table.depths, ElementsAre(8, 8, 8, 8, 8, 8));
    table.depths[4] = 0;
    EXPECT_THAT(smote(table, all_rows(table), {}).error().message, HasSubstr("rows of one depth"));
}

TEST(Smote, TellsWhatItCannotDo) {
    const Table table = random_table(1, 50);
    const auto message = [&](const SmoteOptions& options) {
        return smote(table, all_rows(table), options).error().message;
    };
    EXPECT_EQ(smote(table, {}, {}).error().message, "there is no training row to make synthetic rows from");
    EXPECT_EQ(message({.neighbours = 0}), "SMOTE wants at least one neighbour");
    SmoteOptions options;
    options.targets = {{"D", 5}};
    EXPECT_EQ(message(options), "there is no class 'D' that could be brought to 5 rows");
    for (const std::uint64_t cap : {std::uint64_t{4'294'967'295}, ~std::uint64_t{0}}) {
        options = {};
        options.cap = cap;
        EXPECT_EQ(message(options), "balanced, there would be more than 4294967295 rows; set a lower cap");
    }
}

TEST(Smote, TellsProgressAndStops) {
    const Table table = random_table(1, 2'000);
    std::uint64_t last = 0, all = 0;
    const base::Progress counting{[&](std::uint64_t done, std::uint64_t total) {
        EXPECT_GE(done, last);
        last = done;
        all = total;
        return true;
    }};
    EXPECT_TRUE(smote(table, all_rows(table), {.threads = 1}, counting));
    EXPECT_EQ(last, all);
    EXPECT_GT(all, 0U);
    for (const std::uint64_t limit : {0U, 700U, 1'500U}) {
        const base::Progress stopping{[&](std::uint64_t done, std::uint64_t) { return done < limit; }};
        const auto stopped = smote(table, all_rows(table), {.threads = 2}, stopping);
        ASSERT_FALSE(stopped);
        EXPECT_THAT(stopped.error().message, HasSubstr("stopped while"));
    }
}

}  // namespace
}  // namespace flowsift::dataset
