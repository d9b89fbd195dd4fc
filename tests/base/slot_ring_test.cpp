#include "base/slot_ring.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <thread>

namespace flowsift::base {
namespace {

using namespace std::chrono_literals;

bool give(SlotRing<int>& ring, int value, std::size_t reserved = 0) {
    int* slot = ring.claim(reserved);
    if (!slot) return false;
    *slot = value;
    ring.publish();
    return true;
}

TEST(SlotRing, AFullRingSaysSoAndKeepsAReserve) {
    SlotRing<int> ring(4);
    EXPECT_TRUE(give(ring, 1, 2));
    EXPECT_TRUE(give(ring, 2, 2));
    EXPECT_FALSE(give(ring, 3, 2));  // Two slots are free, and reserved.
    EXPECT_TRUE(give(ring, 3));
    EXPECT_TRUE(give(ring, 4));
    EXPECT_FALSE(give(ring, 5));
    EXPECT_EQ(ring.size(), 4u);
}

TEST(SlotRing, EmptyAndClosedAreToldApart) {
    SlotRing<int> ring(2);
    EXPECT_TRUE(ring.take(0ms, 8).empty());
    EXPECT_FALSE(ring.is_finished());
    ASSERT_TRUE(give(ring, 7));
    ring.close();
    EXPECT_FALSE(ring.is_finished());  // One is still to be taken.
    ASSERT_EQ(ring.take(0ms, 8).size(), 1u);
    ring.release(1);
    EXPECT_TRUE(ring.is_finished());
}

// Against std::deque, in one thread: gives, takes and releases in random order.
TEST(SlotRing, EqualsAPlainQueue) {
    std::mt19937 random(1);
    SlotRing<int> ring(7);
    std::deque<int> plain;
    for (int i = 0; i < 20'000; ++i) {
        if (random() % 2 == 0) {
            const std::size_t reserved = random() % 3;
            const bool fits = plain.size() + reserved < 7;
            ASSERT_EQ(give(ring, i, reserved), fits);
            if (fits) plain.push_back(i);
            continue;
        }
        const std::span<int> taken = ring.take(0ms, 1 + random() % 4);
        ASSERT_EQ(taken.empty(), plain.empty());
        for (const int value : taken) {
            ASSERT_EQ(value, plain.front());
            plain.pop_front();
        }
        ring.release(taken.size());
    }
}

TEST(SlotRing, AWaitingGiverLosesNothing) {
    constexpr int kCount = 100'000;
    SlotRing<int> ring(16);
    std::thread giver([&] {
        for (int i = 0; i < kCount; ++i) {
            ring.claim_waiting() = i;
            ring.publish();
        }
        ring.close();
    });
    int expected = 0;
    bool is_in_order = true;
    while (!ring.is_finished()) {
        const std::span<int> taken = ring.take(50ms, 5);
        for (const int value : taken) is_in_order = is_in_order && value == expected++;
        ring.release(taken.size());
    }
    giver.join();
    EXPECT_TRUE(is_in_order);
    EXPECT_EQ(expected, kCount);
}

}  // namespace
}  // namespace flowsift::base
