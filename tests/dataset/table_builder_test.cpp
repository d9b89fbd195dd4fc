#include "dataset/table_builder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dataset/load.h"

namespace flowsift::dataset {
namespace {

TEST(TableBuilder, RefusesAThousandAndOneClasses) {
    TableBuilder builder({"custom", {}}, "default");
    builder.begin_source("x");
    for (int i = 0; i < 1'000; ++i)
        ASSERT_TRUE(builder.add_row(std::span<const float>(), "label " + std::to_string(i), {1, 1, 1}));
    EXPECT_FALSE(builder.add_row(std::span<const float>(), "one more", {1, 1, 1}));
}

TEST(TableBuilder, IsTheSameWhetherRowsAreExpectedOrNot) {
    const features::Schema schema{"custom", {4, 5}};
    TableBuilder expecting(schema, "default"), plain(schema, "default");
    for (TableBuilder* builder : {&expecting, &plain}) {
        builder->begin_source("x");
        for (int row = 0; row < 20'000; ++row) {
            // Too few, then enough, then fewer than there are.
            if (builder == &expecting && row % 6'000 == 10) builder->expect_rows(row == 10 ? 100 : 15'000);
            const float values[] = {static_cast<float>(row), static_cast<float>(-row)};
            ASSERT_TRUE(
                builder->add_row(values, row % 3 ? "A" : "B",
                                 {.five_tuple = 1ULL + static_cast<std::uint64_t>(row), .host = 5, .time = row}));
        }
    }
    const Table table = plain.finish(), other = expecting.finish();
    EXPECT_EQ(table.columns, other.columns);
    EXPECT_EQ(table.labels, other.labels);
    EXPECT_EQ(table.five_tuples, other.five_tuples);
    ASSERT_EQ(table.rows(), 20'000U);
    EXPECT_EQ(table.columns[0][19'999], 19'999);
    EXPECT_EQ(table.columns[1][12'345], -12'345);
    EXPECT_EQ(table.hosts, std::vector<std::uint64_t>(20'000, 5));
}

TEST(TableBuilder, KeepsManyRowsOfSeveralFilesInTheirOrder) {
    // More rows than are reserved for, or wait to be spread over the columns, at any one time.
    std::vector<CsvReader> files;
    for (int file = 0; file < 3; ++file) {
        std::string text = "Flow Duration,Total Fwd Packet,Label\n";
        for (int row = 0; row < 9'000; ++row)
            text += fmt::format("{},{},{}\n", 10'000 * file + row, row % 7, row % 2 ? "A" : "B");
        files.push_back(CsvReader::from_text(text, fmt::format("{}.csv", file)));
    }
    const auto loaded = load_csv(std::move(files), {});
    ASSERT_TRUE(loaded) << loaded.error().message;
    const Table& table = loaded->table;
    ASSERT_EQ(table.rows(), 27'000U);
    for (const auto& column : table.columns) ASSERT_EQ(column.size(), 27'000U);
    for (std::uint32_t i = 0; i < 27'000; ++i) {
        const std::uint32_t file = i / 9'000, row = i % 9'000;
        ASSERT_EQ(table.columns[0][i], static_cast<float>(10'000 * file + row));
        ASSERT_EQ(table.columns[1][i], static_cast<float>(row % 7));
        ASSERT_EQ(table.classes[table.labels[i]], row % 2 ? "A" : "B");
        ASSERT_EQ(table.sources[i], file);
        ASSERT_EQ(loaded->lines[i], row + 2);
    }
}

}  // namespace
}  // namespace flowsift::dataset
