#include "app/detection_bench.h"

#include <gtest/gtest.h>

#include <limits>

namespace flowsift::app {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

DetectionTimes times_of(const std::vector<double>& seconds) {
    DetectionTimes times;
    for (const double each : seconds) times.attacks.push_back({"PortScan", "", false, each});
    times.attacks.push_back({"DoS slow HTTP", "", true, 7});
    return times;
}

// Five values: the median is the third, 0.95 lies at 0.95 * 4 = 3.8, four fifths of the way from the fourth to the fifth.
TEST(DetectionTimes, QuantilesLieBetweenTheAttacksOfTheirKind) {
    const DetectionTimes times = times_of({3, 1, 2, 10, 5});
    EXPECT_EQ(times.quantile(0.5, false), 3);
    EXPECT_DOUBLE_EQ(times.quantile(0.95, false), 5 + 0.8 * 5);
    EXPECT_EQ(times.quantile(1, false), 10);
    EXPECT_EQ(times.quantile(0.95, true), 7);
}

TEST(DetectionTimes, AnAttackThatWasNeverNoticedIsTheSlowest) {
    const DetectionTimes times = times_of({1, kNever, 2});
    EXPECT_EQ(times.quantile(0.5, false), 2);
    EXPECT_EQ(times.quantile(0.95, false), kNever);
    EXPECT_EQ(times.quantile(1, false), kNever);
}

}  // namespace
}  // namespace flowsift::app
