// The memory cap: who goes when memory is short, and that nobody goes before.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "collected_flows.h"
#include "features/flow_shard.h"
#include "flood_traffic.h"
#include "flow/flow_key.h"
#include "flow_comparison.h"
#include "random_traffic.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

constexpr std::size_t kCap = std::size_t{4} << 20;
constexpr std::int64_t kSlot = (std::int64_t{1} << 26) / base::kMicrosecond;  // The order's resolution, microseconds.

struct CappedMeter {
    explicit CappedMeter(std::size_t cap, const AssemblyProfile& profile = kProfiles[0])
        : meter({profile, {1, 2}, cap}, cic_schema(), collector) {}

    FlowCollector collector;
    FlowMeter meter;
};

/// A shard whose flows are seen as soon as they end, before they are put in order.
struct ImmediateShard : EventSink {
    void add(const decode::Packet& packet) {
        ended.clear();
        shard.add(packet, flow::hash_of(flow::oriented_key(packet).key, {1, 2}), packet.timestamp);
        shard.flush();
    }
    std::unique_ptr<EventBatch> take(std::unique_ptr<EventBatch> batch, const EventOrder&) override {
        for (std::size_t i = 0; i < batch->size(); ++i) ended.push_back(batch->event(i).identity);
        batch->clear();
        return batch;
    }

    std::vector<FlowIdentity> ended;  ///< By the latest packet.
    FlowShard shard{{kProfiles[0], flow::kLeastMemoryCap}, cic_schema(), *this};
};

std::uint64_t evicted(const MeterCounters& counters) {
    return counters.flows_ended[static_cast<std::size_t>(EndReason::kEvicted)];
}

TEST(MemoryCap, EstablishedFlowsSurviveAFloodOfTenTimesWhatFits) {
    // 4 MiB hold fewer than 8,192 flows of at least 512 bytes: eighty thousand SYNs are ten times as many.
    static_assert(kCap / 512 == 8192);
    Packets packets = established_traffic();
    const std::vector<CollectedFlow> alone = metered(packets);
    const Packets syns = flood(80'000);
    packets.insert(packets.end(), syns.begin(), syns.end());
    packets = sorted(packets);

    CappedMeter test(kCap);
    MeterCounters counters;
    for (const decode::Packet& packet : packets) {
        test.meter.add(packet);
        counters = test.meter.counters();
        ASSERT_LE(test.meter.memory_bytes(), kCap);
        const std::uint64_t ended =
            std::accumulate(counters.flows_ended.begin(), counters.flows_ended.end(), std::uint64_t{0});
        ASSERT_EQ(counters.flows_started, ended + counters.flows_live);
    }
    EXPECT_GT(counters.flows_live, 4000u);
    EXPECT_GT(evicted(counters), 70'000u);
    test.meter.finish();
    counters = test.meter.counters();

    std::vector<CollectedFlow> established, rest;
    std::uint64_t in_flows = 0;
    for (const CollectedFlow& flow : test.collector.flows) {
        (flow.identity.source.bytes[12] == 10 ? established : rest).push_back(flow);
        in_flows += flow.identity.forward_packets + flow.identity.backward_packets;
    }
    EXPECT_EQ(first_difference(established, alone), "");
    EXPECT_EQ(rest.size(), 80'000u);
    EXPECT_EQ(in_flows + counters.late_packets, packets.size());
}

TEST(MemoryCap, NothingIsEvictedBelowIt) {
    CappedMeter test(kCap);
    for (const decode::Packet& packet : flood(3000)) test.meter.add(packet);
    EXPECT_EQ(test.meter.counters().flows_live, 3000u);
    EXPECT_EQ(evicted(test.meter.counters()), 0u);
    EXPECT_LE(test.meter.memory_bytes(), kCap);
}

/// The plain rule: half-open before the rest, of each kind the longest idle; true to within a slot of the timers.
void expect_in_order(const std::map<std::uint32_t, std::pair<bool, std::int64_t>>& live, std::uint32_t victim) {
    const auto [is_half_open, last] = live.at(victim);
    for (const auto& [flow, state] : live) {
        ASSERT_FALSE(state.first && !is_half_open) << "a half-open flow was passed over";
        ASSERT_TRUE(state.first != is_half_open || state.second + kSlot > last) << "a longer idle flow was passed over";
    }
}

TEST(MemoryCap, EvictsInTheOrderOfThePlainRule) {
    base::Random random(5);
    ImmediateShard test;
    std::map<std::uint32_t, std::pair<bool, std::int64_t>> live;  // Number to (half-open, last packet).
    std::int64_t time = 0;
    std::uint64_t victims = 0, open_victims = 0;
    for (std::uint32_t next = 0; next < 9000;) {
        time += random.below(6000);
        const bool is_new = live.empty() || random.below(3) == 0;
        auto chosen = is_new ? live.end() : live.lower_bound(random.below(next));
        if (chosen == live.end() && !is_new) chosen = live.begin();
        const std::uint32_t number = is_new ? next++ : chosen->first;
        // UDP: a flow's second packet shows that it is no mere probe. Late in the test hardly any probe stays one.
        test.add(talk_of(12, number, decode::ip_protocol::kUdp).from_client(time, 5));
        for (const FlowIdentity& ended : test.ended) {
            const auto& bytes = ended.source.bytes;
            const std::uint32_t victim = bytes[13] << 16 | bytes[14] << 8 | bytes[15];
            ASSERT_EQ(ended.end_reason, EndReason::kEvicted);
            open_victims += live.at(victim).first ? 0 : 1;
            expect_in_order(live, victim);
            live.erase(victim);
            ++victims;
        }
        live[number] = {is_new, time};
    }
    EXPECT_GT(victims, 5000u);
    EXPECT_GT(victims - open_victims, 100u);
    std::size_t half_open = 0;
    for (const auto& [number, state] : live) half_open += state.first ? 1 : 0;
    EXPECT_GT(half_open, 0u);
}

TEST(MemoryCap, WithoutHalfOpenFlowsTheLongestIdleGoes) {
    CappedMeter test(flow::kLeastMemoryCap);
    Packets packets;
    constexpr std::uint32_t kFlows = 4000;
    for (std::uint32_t i = 0; i < kFlows; ++i) add_handshake(packets, talk_of(13, i), i * 10'000);
    for (const decode::Packet& packet : packets) test.meter.add(packet);
    ASSERT_GT(test.collector.flows.size(), 100u);
    for (std::size_t i = 1; i < test.collector.flows.size(); ++i) {
        const FlowIdentity& flow = test.collector.flows[i].identity;
        EXPECT_EQ(flow.end_reason, EndReason::kEvicted);
        EXPECT_EQ(flow.forward_packets, 2u);
        EXPECT_GT(flow.last, test.collector.flows[i - 1].identity.last);
    }
}

TEST(MemoryCap, WhatIsRememberedOfClosedFlowsStaysWithinItToo) {
    // Each probe is refused: closed flows that are remembered for two minutes, twenty thousand in twenty seconds.
    CappedMeter test(flow::kLeastMemoryCap);
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        const Talk talk = talk_of(14, i);
        test.meter.add(with_flags(talk.from_client(i * 1000), kSyn));
        test.meter.add(with_flags(talk.from_server(i * 1000 + 10), kRst | kAck));
        ASSERT_LE(test.meter.memory_bytes(), flow::kLeastMemoryCap);
    }
    EXPECT_EQ(evicted(test.meter.counters()), 0u);  // Closed, therefore exported as such however early.
    test.meter.add(with_flags(talk_of(14, 19'000).from_server(20'100'000), kRst | kAck));
    EXPECT_EQ(test.meter.counters().late_packets, 1u);  // The latest are still remembered.
}

TEST(MemoryCap, BatchesGiveTheSameRowsAsSinglePackets) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const Packets packets = RandomTraffic(seed).packets(1000 + seed);
        TestMeter batched;
        batched.meter.add(std::span(packets));
        batched.meter.finish();
        EXPECT_EQ(first_difference(batched.collector.flows, metered(packets)), "");
    }
}

}  // namespace
}  // namespace flowsift::features
