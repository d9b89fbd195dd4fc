#include "features/spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"

namespace flowsift::features {
namespace {

TEST(Spread, IsExactWhereFloatingPointIsNot) {
    // 10^9 and its neighbours: a one-pass sum of squares in doubles loses the variance, which is 1.
    Spread<NarrowSum> spread;
    for (const std::uint32_t value : {999'999'999u, 1'000'000'000u, 1'000'000'001u}) spread.add(value);
    const Statistics statistics = spread.of(3);
    EXPECT_EQ(statistics.mean(), 1e9);
    EXPECT_EQ(statistics.variance(), 1);
    EXPECT_EQ(statistics.min(), 999'999'999);
    EXPECT_EQ(statistics.max(), 1'000'000'001);
}

TEST(Spread, WithoutValuesEverythingIsZero) {
    const Statistics none = Spread<WideSum>().of(0);
    const Summary summary(none);
    for (const double value : {none.min(), none.max(), none.mean(), none.variance(), summary.sum, summary.mean,
                               summary.deviation, summary.variance, summary.min, summary.max})
        EXPECT_EQ(value, 0);
}

TEST(Spread, ASummaryShowsWhatTheStatisticsSay) {
    // 2, 4, 9: sum 15, mean 5, deviations -3, -1, 4 → 26 / 2 = 13.
    Spread<NarrowSum> spread;
    for (const std::uint32_t value : {4u, 9u, 2u}) spread.add(value);
    const Summary summary(spread.of(3));
    EXPECT_EQ(summary.sum, 15);
    EXPECT_EQ(summary.mean, 5);
    EXPECT_EQ(summary.variance, 13);
    EXPECT_EQ(summary.deviation, std::sqrt(13.0));
    EXPECT_EQ(summary.min, 2);
    EXPECT_EQ(summary.max, 9);
}

TEST(Spread, EqualValuesHaveNoVariance) {
    Spread<WideSum> spread;
    for (int i = 0; i < 7; ++i) spread.add(0xfffffffb);
    EXPECT_EQ(Summary(spread.of(7)).deviation, 0);
    EXPECT_EQ(spread.of(7).variance(), 0);
}

TEST(Spread, TheLargestValuesDoNotOverflow) {
    // 2^32 - 1 twice and 0 once: sum of squares 2 (2^32 - 1)^2 > 2^64. Mean 2/3 x, variance x²/3 with x = 2^32 - 1.
    Spread<WideSum> spread;
    for (const std::uint32_t value : {0xffffffffu, 0xffffffffu, 0u}) spread.add(value);
    const double x = 4294967295.0;
    EXPECT_DOUBLE_EQ(spread.of(3).variance(), x * x / 3);
}

TEST(Spread, GroupingDoesNotMatter) {
    base::Random random(3);
    Spread<WideSum> first, second, all;
    for (int i = 0; i < 1000; ++i) {
        const auto value = static_cast<std::uint32_t>(random.next());
        (i < 300 ? first : second).add(value);
        all.add(value);
    }
    const Statistics joined = first.of(300).with(second.of(700)), whole = all.of(1000);
    EXPECT_EQ(joined.variance(), whole.variance());
    EXPECT_EQ(joined.mean(), whole.mean());
    EXPECT_EQ(joined.least, whole.least);
    EXPECT_EQ(joined.most, whole.most);
    // One value more: as if it had been added.
    all.add(17);
    EXPECT_EQ(joined.with(17).variance(), all.of(1001).variance());
    EXPECT_EQ(joined.with(17).least, 17u);
}

}  // namespace
}  // namespace flowsift::features
