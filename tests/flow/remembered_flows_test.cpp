#include "flow/remembered_flows.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace flowsift::flow {
namespace {

RememberedFlow closed(std::uint32_t hash) {
    return {.last = hash, .hash = hash};
}

TEST(RememberedFlows, EqualsAMapThroughGrowthAndForgetting) {
    base::Random random(1);
    RememberedFlows flows(std::size_t{1} << 20);
    std::map<std::uint32_t, std::uint32_t> oracle;  // By order of remembering, unwrapped: number.
    std::uint32_t next = 0;
    for (int step = 0; step < 30'000; ++step) {
        const bool grows = step < 10'000 || (step > 15'000 && step < 20'000);
        if (oracle.empty() || random.below(100) < (grows ? 70u : 35u)) {
            if (flows.is_full()) flows.grow();
            RememberedFlow flow = closed(next);
            if (next % 3 == 0) flow.continuation = flows.add_continuation({.connection_start = next});
            oracle[next++] = flows.add(flow);
        } else if (random.below(4) == 0) {
            auto victim = oracle.lower_bound(random.below(next));
            if (victim == oracle.end()) victim = oracle.begin();
            flows.forget(victim->second);
            EXPECT_TRUE(flows[victim->second].is_forgotten());
            oracle.erase(victim);
        } else {
            while (flows[flows.oldest()].is_forgotten()) flows.remove_oldest();
            ASSERT_EQ(flows[flows.oldest()].hash, oracle.begin()->first);
            flows.remove_oldest();
            oracle.erase(oracle.begin());
        }
        if (step % 500 != 0) continue;
        for (const auto& [hash, number] : oracle) {
            const RememberedFlow& flow = flows[number];
            ASSERT_EQ(flow.hash, hash);
            ASSERT_EQ(flow.was_closed(), hash % 3 != 0);
            if (!flow.was_closed()) {
                ASSERT_EQ(flows.continuation(flow).connection_start, hash);
            }
        }
    }
    while (!flows.is_empty()) flows.remove_oldest();
}

TEST(RememberedFlows, HoldsAsManyAsItHasRoomFor) {
    RememberedFlows flows(std::size_t{1} << 20);
    std::uint32_t count = 0;
    while (!flows.is_full()) flows.add(closed(count++));
    EXPECT_EQ(flows[flows.oldest()].hash, 0u);
    EXPECT_EQ(flows.bytes(), (count + 0u) * sizeof(RememberedFlow));
    flows.remove_oldest();
    EXPECT_FALSE(flows.is_full());
    EXPECT_EQ(flows[flows.oldest()].hash, 1u);
}

}  // namespace
}  // namespace flowsift::flow
