#include "flow/flow_table.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace flowsift::flow {
namespace {

constexpr auto kAny = [](FlowTable::Handle) { return true; };

TEST(FlowTable, FindsWhatWasInsertedUnderTheSameHashOnly) {
    FlowTable table;
    table.insert(5, 50);
    table.insert(5, 51);  // Another key of the same hash.
    EXPECT_EQ(table.find(5, [](FlowTable::Handle handle) { return handle == 51; }), 51u);
    EXPECT_EQ(table.find(5, [](FlowTable::Handle) { return false; }), FlowTable::kNone);
    EXPECT_EQ(table.find(5 + 1024, kAny), FlowTable::kNone);  // The same bucket, another hash.
    table.replace(5, 50, 60);
    EXPECT_EQ(table.find(5, [](FlowTable::Handle handle) { return handle != 51; }), 60u);
    EXPECT_EQ(table.size(), 2u);
}

TEST(FlowTable, EqualsAMapThroughInsertionRemovalAndGrowth) {
    // Few distinct hashes, many of them in neighbouring buckets and at the end of the table: long runs that wrap
    // around.
    base::Random random(1);
    FlowTable table;
    std::map<FlowTable::Handle, std::uint32_t> oracle;  // Handle to hash.
    FlowTable::Handle next = 0;
    for (int step = 0; step < 60'000; ++step) {
        const bool grows = step < 20'000 || (step > 30'000 && step < 40'000);
        if (oracle.empty() || random.below(100) < (grows ? 70u : 35u)) {
            const std::uint32_t hash =
                random.below(2) == 0 ? 1000 + random.below(40) : static_cast<std::uint32_t>(random.next());
            table.insert(hash, next);
            oracle.emplace(next++, hash);
        } else {
            auto victim = oracle.lower_bound(random.below(next));
            if (victim == oracle.end()) victim = oracle.begin();
            table.erase(victim->second, victim->first);
            oracle.erase(victim);
        }
        ASSERT_EQ(table.size(), oracle.size());
        if (step % 500 != 0) continue;
        for (const auto& [handle, hash] : oracle)
            ASSERT_EQ(table.find(hash, [wanted = handle](FlowTable::Handle found) { return found == wanted; }), handle);
        std::size_t visited = 0;
        table.for_each([&](FlowTable::Handle handle) { visited += oracle.count(handle); });
        ASSERT_EQ(visited, oracle.size());
    }
}

}  // namespace
}  // namespace flowsift::flow
