#include "dataset/join.h"

#include <gmock/gmock.h>

namespace flowsift::dataset {
namespace {

using testing::ElementsAre;

Table table_of(std::vector<float> values, const std::string& source) {
    Table table{.columns = {values}, .classes = {"a", "b"}, .source_names = {source}};
    for (std::size_t i = 0; i < values.size(); ++i) {
        table.labels.push_back(i % 2);
        table.five_tuples.push_back(100 + i);
        table.times.push_back(static_cast<base::Nanoseconds>(i));
        table.sources.push_back(0);
    }
    return table;
}

TEST(Join, RowsComeBehindThoseThatAreThere) {
    Table all = table_of({1, 2, 3}, "first");
    append_rows(table_of({4, 5}, "second"), all);
    EXPECT_EQ(all.rows(), 5U);
    EXPECT_THAT(all.columns[0], ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(all.labels, ElementsAre(0, 1, 0, 0, 1));
    EXPECT_THAT(all.sources, ElementsAre(0, 0, 0, 1, 1));
    EXPECT_THAT(all.source_names, ElementsAre("first", "second"));
    EXPECT_TRUE(all.depths.empty());
    EXPECT_TRUE(all.hosts.empty());
}

TEST(Join, WhatOneTableDoesNotKnowIsZero) {
    Table with = table_of({1, 2}, "first"), without = table_of({3}, "second");
    with.depths = {8, 0};
    with.hosts = {5, 6};
    Table all = with;
    append_rows(without, all);
    EXPECT_THAT(all.depths, ElementsAre(8, 0, 0));
    EXPECT_THAT(all.hosts, ElementsAre(5, 6, 0));
    all = without;
    append_rows(with, all);
    EXPECT_THAT(all.depths, ElementsAre(0, 8, 0));
    EXPECT_THAT(all.hosts, ElementsAre(0, 5, 6));
}

}  // namespace
}  // namespace flowsift::dataset
