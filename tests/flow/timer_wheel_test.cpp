#include "flow/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"

namespace flowsift::flow {
namespace {

constexpr base::Nanoseconds kSlot = base::Nanoseconds{1} << 26;  // How late a call may come.

/// All slots that are over at `now`, as the assembler fires them.
template <class OnDue>
void advance(TimerWheel& wheel, base::Nanoseconds now, OnDue on_due) {
    while (wheel.is_behind(now)) {
        wheel.fire_next([&](TimerWheel::Item item, base::Nanoseconds slot_end) {
            EXPECT_LE(slot_end, now);
            on_due(item);
        });
    }
    EXPECT_GT(wheel.settled(), now - kSlot);
}

TEST(TimerWheel, EqualsAMapOfDeadlines) {
    // The oracle: a map from item to its true deadline. An item that is called early is armed anew, as the users do.
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        base::Random random(seed);
        TimerWheel wheel;
        std::map<TimerWheel::Item, base::Nanoseconds> deadlines;
        base::Nanoseconds now = seed % 2 == 0 ? 1'500'000'000 * base::kSecond : -3'000 * base::kSecond;
        const auto below = [&](base::Nanoseconds bound) {
            return static_cast<base::Nanoseconds>(random.uniform() * static_cast<double>(bound));
        };
        wheel.skip_to(now);
        for (int step = 0; step < 4000; ++step) {
            const TimerWheel::Item item = random.below(200);
            const std::uint32_t action = random.below(10);
            if (action < 6) {
                // Now and then in the past, or far beyond the horizon of 275 s.
                const base::Nanoseconds deadline =
                    now - kSlot + below(random.below(10) == 0 ? 4'000 * base::kSecond : 5 * base::kSecond);
                wheel.arm(item, deadline);
                deadlines[item] = std::max(deadline, now);
            } else if (action == 6 && deadlines.contains(item)) {
                wheel.disarm(item);
                deadlines.erase(item);
            } else {
                now += below(random.below(50) == 0 ? 1'000 * base::kSecond : base::kSecond);
                advance(wheel, now, [&](TimerWheel::Item due) {
                    ASSERT_TRUE(deadlines.contains(due)) << "called though disarmed";
                    if (deadlines[due] < now)
                        deadlines.erase(due);
                    else
                        wheel.arm(due, deadlines[due]);
                });
                for (const auto& [waiting, deadline] : deadlines) ASSERT_GE(deadline, now - kSlot) << "overslept";
            }
        }
        advance(wheel, now + 100'000 * base::kSecond,
                [&](TimerWheel::Item due) { EXPECT_EQ(deadlines.erase(due), 1u); });
        EXPECT_TRUE(deadlines.empty());
    }
}

TEST(TimerWheel, ACallbackMayDisarmItemsThatAreDueWithIt) {
    TimerWheel wheel;
    wheel.skip_to(0);
    for (TimerWheel::Item item = 0; item < 10; ++item) wheel.arm(item, 1);
    std::set<TimerWheel::Item> called;
    advance(wheel, 10 * kSlot, [&](TimerWheel::Item item) {
        called.insert(item);
        if (item % 2 == 0) wheel.disarm(item + 1);
    });
    EXPECT_EQ(called, (std::set<TimerWheel::Item>{0, 2, 4, 6, 8}));
}

TEST(TimerWheel, TimeThatRunsBackwardsCallsNothing) {
    TimerWheel wheel;
    wheel.skip_to(100 * base::kSecond);
    wheel.arm(1, 101 * base::kSecond);
    advance(wheel, 50 * base::kSecond, [](TimerWheel::Item) { FAIL(); });
    int calls = 0;
    advance(wheel, 102 * base::kSecond, [&](TimerWheel::Item) { ++calls; });
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace flowsift::flow
