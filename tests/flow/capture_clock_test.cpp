#include "flow/capture_clock.h"

#include <gtest/gtest.h>

#include <limits>

namespace flowsift::flow {
namespace {

constexpr base::Nanoseconds kHour = 3'600 * base::kSecond;

TEST(CaptureClock, PacketsNeverRunBackwards) {
    CaptureClock clock;
    EXPECT_FALSE(clock.has_started());
    EXPECT_EQ(clock.on_packet(100), 100);
    EXPECT_EQ(clock.on_packet(50), 100);
    EXPECT_EQ(clock.on_packet(101), 101);
}

TEST(CaptureClock, TicksDriveTimersButNotTheTimeOfPackets) {
    CaptureClock clock;
    clock.on_packet(100);
    EXPECT_TRUE(clock.on_tick(1'000));
    EXPECT_EQ(clock.timers(), 1'000);
    EXPECT_EQ(clock.on_packet(500), 500);  // Earlier than the tick: keeps its own time.
    EXPECT_EQ(clock.timers(), 1'000);
}

TEST(CaptureClock, AJumpIsMoreThanAnHourAheadOfPacketsAndTicks) {
    CaptureClock clock;
    EXPECT_FALSE(clock.is_jump(kHour * 1000));  // The first packet may have any time.
    clock.on_packet(0);
    EXPECT_FALSE(clock.is_jump(kHour));
    EXPECT_TRUE(clock.is_jump(kHour + 1));
    clock.on_tick(kHour);  // The link was silent for an hour, but ticks went on.
    EXPECT_FALSE(clock.is_jump(2 * kHour));
}

TEST(CaptureClock, ATickThatJumpsWantsASecondOne) {
    CaptureClock clock;
    clock.on_packet(0);
    EXPECT_FALSE(clock.on_tick(5 * kHour));
    EXPECT_TRUE(clock.on_tick(1));  // It was a mistake.
    EXPECT_EQ(clock.timers(), 1);
    EXPECT_FALSE(clock.on_tick(5 * kHour));
    EXPECT_TRUE(clock.on_tick(5 * kHour + 1));
    EXPECT_EQ(clock.timers(), 5 * kHour + 1);
}

TEST(CaptureClock, BoundedTimesCanBeSubtracted) {
    const base::Nanoseconds earliest = CaptureClock::bounded(std::numeric_limits<base::Nanoseconds>::min());
    const base::Nanoseconds latest = CaptureClock::bounded(std::numeric_limits<base::Nanoseconds>::max());
    EXPECT_GT(latest - earliest, 0);  // Would overflow, and trip the sanitizer, unbounded.
    EXPECT_EQ(CaptureClock::bounded(1'700'000'000 * base::kSecond), 1'700'000'000 * base::kSecond);
}

}  // namespace
}  // namespace flowsift::flow
