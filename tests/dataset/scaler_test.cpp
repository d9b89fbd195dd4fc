#include "dataset/scaler.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace flowsift::dataset {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Table table_of(std::vector<std::vector<float>> columns) {
    Table table;
    table.labels.assign(columns.front().size(), 0);
    table.classes = {"A"};
    table.columns = std::move(columns);
    return table;
}

std::vector<std::uint32_t> all_rows(const Table& table) {
    std::vector<std::uint32_t> rows(table.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// Any finite float32, each bit pattern as likely as the other.
float any_float(base::Random& random) {
    for (;;)
        if (const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random.next() >> 32));
            std::isfinite(value))
            return value;
}

TEST(Scaler, HasMeanAndPopulationDeviation) {
    // 1, 2, 3, 4: mean 2.5; squares of the differences 2.25 + 0.25 + 0.25 + 2.25 = 5, over 4 rows: 1.25.
    // -6, 0, 0, 6: mean 0; (36 + 36) / 4 = 18.
    const Table table = table_of({{1, 2, 3, 4}, {-6, 0, 0, 6}});
    const auto scaler = StandardScaler::fit(table, all_rows(table));
    EXPECT_DOUBLE_EQ(scaler.mean(0), 2.5);
    EXPECT_DOUBLE_EQ(scaler.scale(0), std::sqrt(1.25));
    EXPECT_DOUBLE_EQ(scaler.mean(1), 0);
    EXPECT_DOUBLE_EQ(scaler.scale(1), std::sqrt(18.0));
    const Table scaled = scaler.transform(table);
    EXPECT_FLOAT_EQ(scaled.columns[0][3], 1.3416408F);  // 1.5 / 1.1180340
    EXPECT_FLOAT_EQ(scaled.columns[1][0], -1.4142136F);
}

TEST(Scaler, LooksAtTheGivenRowsOnly) {
    const Table table = table_of({{1, 1'000, 3}});
    const auto scaler = StandardScaler::fit(table, {0, 2});
    EXPECT_DOUBLE_EQ(scaler.mean(0), 2);
    EXPECT_DOUBLE_EQ(scaler.scale(0), 1);
}

TEST(Scaler, LeavesAConstantColumnUnscaled) {
    const Table table = table_of({{0.1F, 0.1F, 0.1F}});
    const auto scaler = StandardScaler::fit(table, all_rows(table));
    EXPECT_DOUBLE_EQ(scaler.mean(0), static_cast<double>(0.1F));
    EXPECT_DOUBLE_EQ(scaler.scale(0), 1);
    EXPECT_EQ(scaler.scaled(0, 0.1F), 0);
    const auto empty = StandardScaler::fit(table, {});
    EXPECT_DOUBLE_EQ(empty.mean(0), 0);
    EXPECT_DOUBLE_EQ(empty.scale(0), 1);
}

TEST(Scaler, KeepsItsDigitsFarFromZero) {
    // Three neighbouring whole numbers near 2^24: mean square of the differences (1 + 0 + 1) / 3, a hundred thousand
    // times over. Squares of the values themselves are near 2^48 and would leave few digits.
    std::vector<float> column;
    for (int i = 0; i < 300'000; ++i) column.push_back(static_cast<float>(16'777'213 + i % 3));
    const Table table = table_of({column});
    const auto scaler = StandardScaler::fit(table, all_rows(table));
    EXPECT_DOUBLE_EQ(scaler.mean(0), 16'777'214);
    EXPECT_DOUBLE_EQ(scaler.scale(0), std::sqrt(2.0 / 3));
}

TEST(Scaler, StaysFiniteAtTheEdgesOfFloat) {
    const Table table = table_of({{0, std::numeric_limits<float>::denorm_min()}, {-kLargest, kLargest}});
    const auto scaler = StandardScaler::fit(table, all_rows(table));
    EXPECT_EQ(scaler.scaled(0, kLargest), kLargest);
    EXPECT_EQ(scaler.scaled(0, -kLargest), -kLargest);
    EXPECT_FLOAT_EQ(scaler.scaled(1, kLargest), 1);
}

/// What unscale() promises, for `value` and both its neighbours.
void expect_same_decision(const StandardScaler& scaler, float threshold, float unscaled, float value) {
    for (const float x : {value, std::nextafter(value, kInfinity), std::nextafter(value, -kInfinity)}) {
        if (!std::isfinite(x)) continue;
        ASSERT_EQ(scaler.scaled(0, x) <= threshold, x <= unscaled)
            << x << " scaled " << scaler.scaled(0, x) << ", threshold " << threshold << " unscaled " << unscaled;
    }
}

TEST(Scaler, UnscaledThresholdsDecideAsTheScaledOnesForEveryValue) {
    constexpr float kTiny = std::numeric_limits<float>::denorm_min();
    const std::vector<std::vector<float>> columns = {
        {1, 2, 3, 4},     {0, 1e30F},        {-kLargest, kLargest},    {0, kTiny},   {5, 5, 5},
        {1e-40F, 3e-39F}, {-7, 100'000'000}, {16'777'213, 16'777'215}, {-0.1F, 0.1F}};
    base::Random random(4);
    for (const auto& column : columns) {
        const Table table = table_of({column});
        const auto scaler = StandardScaler::fit(table, all_rows(table));
        std::vector<float> thresholds = {0, -0.0F, kTiny, -kTiny, kLargest, -kLargest, 1, -1, 0.5F};
        // As a trainer makes them: between two scaled rows; and anything at all.
        for (const float value : column) thresholds.push_back(scaler.scaled(0, value));
        for (int i = 0; i < 300; ++i) thresholds.push_back(static_cast<float>(4 * random.uniform() - 2));
        for (int i = 0; i < 300; ++i) thresholds.push_back(any_float(random));
        for (const float threshold : thresholds) {
            const float unscaled = scaler.unscale(0, threshold);
            const auto expect_for = [&](float value) { expect_same_decision(scaler, threshold, unscaled, value); };
            for (const float value : {0.0F, -0.0F, kTiny, -kTiny, kLargest, -kLargest}) expect_for(value);
            for (const float value : column) expect_for(value);
            if (std::isfinite(unscaled)) expect_for(unscaled);
            for (int i = 0; i < 50; ++i) expect_for(any_float(random));
        }
    }
}

TEST(Scaler, UnscalesAHandMadeThreshold) {
    // Rows 0 and 4: mean 2, scale 2. x <= 3 scaled is (x - 2) / 2 <= 0.5; the float after 3 gives 0.5 + 2^-23, which a
    // float32 near 0.5 can tell from it.
    const Table table = table_of({{0, 4}});
    EXPECT_EQ(StandardScaler::fit(table, all_rows(table)).unscale(0, 0.5F), 3);
}

}  // namespace
}  // namespace flowsift::dataset
