#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <vector>

#include "base/parallel.h"

namespace flowsift::base {
namespace {

TEST(Random, SameSeedSameSequenceOtherStreamAnother) {
    Random a(7), b(7), other_stream(7, 1), other_seed(8);
    const auto first = a.next();
    EXPECT_EQ(first, b.next());
    EXPECT_NE(first, other_stream.next());
    EXPECT_NE(first, other_seed.next());
}

TEST(Random, BelowIsUniform) {
    Random random(1);
    std::vector<int> counts(6);
    for (int i = 0; i < 60'000; ++i) ++counts[random.below(6)];
    // Standard deviation of each count: sqrt(60000 * 1/6 * 5/6) = 91; six of them.
    for (const int count : counts) EXPECT_NEAR(count, 10'000, 6 * 91);
}

TEST(Random, ShuffleIsAPermutation) {
    std::vector<int> items(100);
    std::iota(items.begin(), items.end(), 0);
    auto shuffled = items;
    Random(3).shuffle(shuffled);
    EXPECT_NE(shuffled, items);
    std::sort(shuffled.begin(), shuffled.end());
    EXPECT_EQ(shuffled, items);
}

TEST(Random, UniformStaysBelowOne) {
    Random random(5);
    double sum = 0;
    for (int i = 0; i < 10'000; ++i) {
        const double value = random.uniform();
        ASSERT_GE(value, 0);
        ASSERT_LT(value, 1);
        sum += value;
    }
    EXPECT_NEAR(sum / 10'000, 0.5, 6 * 0.0029);  // sqrt(1/12/10000) = 0.0029
}

TEST(ParallelFor, EveryIndexOnceAndThreadsInRange) {
    for (const std::size_t threads : {1u, 2u, 5u}) {
        std::vector<std::atomic<int>> visits(1'000);
        parallel_for(visits.size(), threads, [&](std::size_t i, std::size_t thread) {
            EXPECT_LT(thread, threads);
            ++visits[i];
        });
        for (const auto& count : visits) EXPECT_EQ(count, 1);
    }
    parallel_for(0, 4, [](std::size_t, std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace flowsift::base
