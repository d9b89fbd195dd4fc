#include "learn/audit_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

dataset::Table named(dataset::Table table, const std::vector<std::string_view>& features) {
    for (const std::string_view name : features) table.schema.features.push_back(*features::find_feature(name));
    return table;
}

TEST(LoneFeatures, ARangeByHand) {
    // Values of class 1: 5 5 6 and one stray 9; of class 0: 1 2 3 6 8.
    // [5, 6]: 4 inside, 3 of the 4 rows of the class: F1 = 6 / (4 + 4) = 0.75; balanced accuracy = (3/4 + 4/5) / 2.
    // [5, 5]: 2 inside, both right: 4 / 6. [5, 9]: 6 inside, 4 right: 8 / 10 = 0.8, the best.
    const dataset::Table table = table_of({{1, 2, 3, 6, 8, 5, 5, 6, 9}}, {0, 0, 0, 0, 0, 1, 1, 1, 1}, 2);
    const auto found = find_lone_features(table, every_row(table), {0.8, 0.7, 1}, 1);
    ASSERT_FALSE(found.empty());
    const auto one = std::find_if(found.begin(), found.end(), [](const LoneFeature& f) { return f.label == 1; });
    ASSERT_NE(one, found.end());
    EXPECT_EQ(one->low, 5);
    EXPECT_EQ(one->high, 9);
    EXPECT_EQ(one->support, 4U);
    EXPECT_EQ(one->inside, 6U);
    EXPECT_EQ(one->correct, 4U);
    EXPECT_DOUBLE_EQ(one->f1, 0.8);
    EXPECT_DOUBLE_EQ(one->balanced_accuracy, (1 + 3.0 / 5) / 2);
}

TEST(LoneFeatures, ACommonClassIsNotGivenAwayByItsFrequency) {
    // "Everything" has F1 = 2 * 98 / (98 + 100) = 0.99 for the common class, and a balanced accuracy of 1/2.
    std::vector<float> noise(100);
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<float>(i % 2);
    std::vector<ClassIndex> labels(100, 0);
    labels[10] = labels[51] = 1;
    const dataset::Table table = table_of({noise}, labels, 2);
    EXPECT_THAT(find_lone_features(table, every_row(table), {0.9, 0.95, 1}, 1), IsEmpty());
}

TEST(LoneFeatures, SmallClassesAreNotAskedAbout) {
    const dataset::Table table = table_of({{1, 1, 1, 2, 2}}, {0, 0, 0, 1, 1}, 2);
    const auto found = find_lone_features(table, every_row(table), {0.9, 0.9, 3}, 1);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].label, 0);
}

/// Every range between two values of rows, tried in full.
double best_f1_by_trying(const dataset::Table& table, std::size_t feature, ClassIndex label) {
    const auto& column = table.columns[feature];
    double best = 0;
    for (const float low : column)
        for (const float high : column) {
            double inside = 0, correct = 0, support = 0;
            for (std::size_t row = 0; row < column.size(); ++row) {
                const bool is_in = column[row] >= low && column[row] <= high;
                inside += is_in;
                correct += is_in && table.labels[row] == label;
                support += table.labels[row] == label;
            }
            best = std::max(best, 2 * correct / (support + inside));
        }
    return best;
}

TEST(LoneFeatures, FindTheBestRangeThatThereIs) {
    const dataset::Table table = random_table(160, 4, 3, 11);
    const auto found = find_lone_features(table, every_row(table), {0, 0, 1}, 2);
    EXPECT_EQ(found.size(), 4U * 3U);
    for (const LoneFeature& lone : found) EXPECT_DOUBLE_EQ(lone.f1, best_f1_by_trying(table, lone.feature, lone.label));
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.f1 > b.f1; }));
}

TEST(Suspects, TracesAndConstants) {
    // "Flow Duration" is 7 for all of class 1 and for nothing else; the port is suspicious by its name.
    const dataset::Table table = named(table_of({{1, 2, 7, 7}, {80, 443, 80, 22}, {1, 2, 3, 4}}, {0, 0, 1, 1}, 2),
                                       {"Flow Duration", "Dst Port", "Total Fwd Packet"});
    const auto lone = find_lone_features(table, every_row(table), {0.9, 0.9, 1}, 1);
    const auto suspects = find_suspects(table, lone);
    ASSERT_EQ(suspects.size(), 2U);
    EXPECT_EQ(suspects[0].name, "Flow Duration");
    EXPECT_THAT(suspects[0].reason, HasSubstr("nearly all of class 1"));
    EXPECT_EQ(suspects[1].name, "Dst Port");
    EXPECT_THAT(suspects[1].reason, HasSubstr("service"));

    const dataset::Table rest = without_columns(table, suspects);
    EXPECT_EQ(rest.schema.name, "custom");
    ASSERT_EQ(rest.columns.size(), 1U);
    EXPECT_THAT(rest.columns[0], ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(rest.schema.feature(0).name, "Total Fwd Packet");
    EXPECT_EQ(rest.labels, table.labels);
}

TEST(Suspects, EveryTraceIsInTheCatalogue) {
    std::size_t traces = 0;
    for (const features::Feature& feature : features::catalogue()) traces += !trace_of(feature.name).empty();
    EXPECT_EQ(traces, 7U);
    EXPECT_TRUE(trace_of("Dst Host 60s Ports").empty());
}

}  // namespace
}  // namespace flowsift::learn
