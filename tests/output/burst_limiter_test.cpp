#include "output/burst_limiter.h"

#include <gtest/gtest.h>

namespace flowsift::output {
namespace {

using base::kMillisecond;
using base::kSecond;
using base::Nanoseconds;

base::IpAddress host(int number) {
    const std::uint8_t bytes[] = {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    return base::IpAddress::from_network(bytes);
}

TEST(BurstLimiter, ShowsEveryAlertOfAQuietTime) {
    BurstLimiter limiter;
    for (int i = 0; i < 100; ++i) {
        const Nanoseconds now = i * 250 * kMillisecond;  // Four a second.
        EXPECT_TRUE(limiter.advance(now).empty());
        EXPECT_TRUE(limiter.admit(1, "PortScan", host(1), now)) << i;
    }
    EXPECT_TRUE(limiter.finish().empty());
}

// 1,000 alerts a second, evenly, for 10 s from t = 0 to 9.999 s. Shown: 5. The sums fall due at 1, 3 (=1+2), 7 (=3+4)
// s; counted by then: alerts at t in [0, 1) less the 5 shown = 995, [1, 3) = 2,000, [3, 7) = 4,000, and 3,000 at the
// end.
TEST(BurstLimiter, SumsABurstUpAtDoublingIntervals) {
    BurstLimiter limiter;
    int shown = 0;
    std::vector<std::uint64_t> sums;
    for (int i = 0; i < 10'000; ++i) {
        const Nanoseconds now = i * kMillisecond;
        for (const BurstLimiter::Sum& sum : limiter.advance(now)) sums.push_back(sum.alerts);
        shown += limiter.admit(1, "PortScan", host(66), now);
    }
    for (const BurstLimiter::Sum& sum : limiter.finish()) {
        EXPECT_EQ(sum.label, "PortScan");
        EXPECT_EQ(sum.source, host(66));
        EXPECT_EQ(sum.period, 2'999 * kMillisecond);  // Counted from 7 s to 9.999 s.
        sums.push_back(sum.alerts);
    }
    EXPECT_EQ(shown, 5);
    EXPECT_EQ(sums, (std::vector<std::uint64_t>{995, 2000, 4000, 3000}));
}

TEST(BurstLimiter, ShowsAlertsAgainAfterAQuietPeriod) {
    BurstLimiter limiter;
    for (int i = 0; i < 10; ++i) limiter.admit(1, "Bot", host(1), 0);
    const auto sums = limiter.advance(kSecond);
    ASSERT_EQ(sums.size(), 1u);
    EXPECT_EQ(sums[0].alerts, 5u);
    EXPECT_FALSE(limiter.admit(1, "Bot", host(1), 2 * kSecond));  // Still within the period of 2 s that follows.
    EXPECT_EQ(limiter.advance(3 * kSecond).size(), 1u);
    EXPECT_TRUE(limiter.advance(7 * kSecond).empty());  // The next period, of 4 s, stayed quiet.
    EXPECT_TRUE(limiter.admit(1, "Bot", host(1), 7 * kSecond));
}

TEST(BurstLimiter, KeepsClassesAndSourcesApart) {
    BurstLimiter limiter;
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.admit(1, "Bot", host(1), 0));
    EXPECT_FALSE(limiter.admit(1, "Bot", host(1), 0));
    EXPECT_TRUE(limiter.admit(1, "Bot", host(2), 0));
    EXPECT_TRUE(limiter.admit(2, "PortScan", host(1), 0));
}

// A flood with 10,000 forged sources within a second: four of them are shown, the others summed together.
TEST(BurstLimiter, SumsManySourcesTogether) {
    BurstLimiter limiter;
    int shown = 0;
    for (int i = 0; i < 10'000; ++i) shown += limiter.admit(1, "SYN flood", host(i), i * (kSecond / 20'000));
    EXPECT_EQ(shown, 4);
    const auto sums = limiter.advance(2 * kSecond);
    ASSERT_EQ(sums.size(), 1u);
    EXPECT_FALSE(sums[0].source.has_value());
    EXPECT_EQ(sums[0].alerts, 9'996u);
}

// Whatever comes, nothing is lost: shown + summed = given; and no second shows more than 4 x 5 lines of a class.
TEST(BurstLimiter, AccountsForEveryAlertAndStaysReadable) {
    std::uint64_t state = 1;
    const auto random = [&](std::uint64_t below) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (state >> 33) % below;
    };
    BurstLimiter limiter;
    std::uint64_t shown = 0, summed = 0, shown_this_second = 0;
    Nanoseconds now = 0, second = 0;
    constexpr std::uint64_t kAlerts = 200'000;
    for (std::uint64_t i = 0; i < kAlerts; ++i) {
        now += static_cast<Nanoseconds>(random(2 * kMillisecond));
        if (random(5'000) == 0) now += static_cast<Nanoseconds>(random(10)) * kSecond;
        if (now - second >= kSecond) second = now, shown_this_second = 0;
        for (const auto& sum : limiter.advance(now)) summed += sum.alerts;
        if (limiter.admit(3, "DoS", host(static_cast<int>(random(12))), now)) ++shown, ++shown_this_second;
        ASSERT_LE(shown_this_second, 2 * BurstLimiter::kShownPerSecond * BurstLimiter::kSourcesPerClass);
    }
    for (const auto& sum : limiter.finish()) summed += sum.alerts;
    EXPECT_EQ(shown + summed, kAlerts);
}

TEST(BurstLimiter, TimeThatGoesBackIsTakenAsNow) {
    BurstLimiter limiter;
    EXPECT_TRUE(limiter.admit(1, "Bot", host(1), 100 * kSecond));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(limiter.admit(1, "Bot", host(1), 5 * kSecond));
    EXPECT_FALSE(limiter.admit(1, "Bot", host(1), 5 * kSecond));
    EXPECT_TRUE(limiter.advance(50 * kSecond).empty());
    EXPECT_EQ(limiter.advance(101 * kSecond).size(), 1u);
}

}  // namespace
}  // namespace flowsift::output
