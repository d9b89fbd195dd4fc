// Several workers must find what one thread finds: the same rows, in the same order.

#include "app/parallel_meter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "../features/collected_flows.h"
#include "../features/payload_packets.h"
#include "../features/random_traffic.h"

namespace flowsift::app {
namespace {

using features::CollectedFlow;
using features::FlowCollector;
using Packets = std::vector<decode::Packet>;

constexpr base::HashKey kKey{1, 2};

struct Found {
    std::vector<CollectedFlow> flows;
    features::MeterCounters counters;
};

Found found_by(std::size_t workers, const Packets& packets) {
    FlowCollector collector;
    const auto meter = make_meter({.hash_key = kKey}, features::cic_schema(), workers, collector);
    for (std::size_t begin = 0; begin < packets.size(); begin += 100)
        meter->add(std::span(packets).subspan(begin, std::min<std::size_t>(100, packets.size() - begin)));
    meter->finish();
    return {collector.flows, meter->counters()};
}

void expect_same(const Found& found, const Found& wanted) {
    ASSERT_EQ(found.flows.size(), wanted.flows.size());
    for (std::size_t i = 0; i < found.flows.size(); ++i) {
        const features::FlowIdentity &a = found.flows[i].identity, &b = wanted.flows[i].identity;
        ASSERT_EQ(a.source, b.source) << "row " << i;
        ASSERT_EQ(a.destination, b.destination) << "row " << i;
        ASSERT_EQ(a.source_port, b.source_port) << "row " << i;
        ASSERT_EQ(a.first, b.first) << "row " << i;
        ASSERT_EQ(a.end_reason, b.end_reason) << "row " << i;
        ASSERT_EQ(found.flows[i].values, wanted.flows[i].values) << "row " << i;
    }
    EXPECT_EQ(found.counters.packets, wanted.counters.packets);
    EXPECT_EQ(found.counters.late_packets, wanted.counters.late_packets);
    EXPECT_EQ(found.counters.clamped_timestamps, wanted.counters.clamped_timestamps);
    EXPECT_EQ(found.counters.flows_ended, wanted.counters.flows_ended);
    EXPECT_EQ(found.counters.flows_live, 0u);
}

TEST(ParallelMeter, FindsTheRowsOfOneThreadInTheirOrder) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        // Beyond several epochs; the traffic holds jumps, misordered packets and keys that are used again.
        const Packets packets = features::RandomTraffic(seed).packets(5000);
        const Found alone = found_by(0, packets);
        EXPECT_EQ(alone.counters.packets, packets.size());
        for (const std::size_t workers : {1, 2, 3, 4}) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", workers " + std::to_string(workers));
            expect_same(found_by(workers, packets), alone);
        }
    }
}

TEST(ParallelMeter, ManyFlowsThatEndAtOnceComeInOrderToo) {
    // Twenty thousand live flows, then silence for an hour less a second: all time out within one call.
    Packets packets;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        features::Talk talk;
        talk.client_port = static_cast<std::uint16_t>(i);
        talk.client.bytes[14] = static_cast<std::uint8_t>(i >> 12);
        packets.push_back(talk.from_client(i * 100, i % 7));
    }
    packets.push_back(features::Talk().from_client(3'599'000'000));
    const Found alone = found_by(0, packets);
    EXPECT_TRUE(std::ranges::is_sorted(alone.flows, {}, [](const CollectedFlow& flow) { return flow.identity.last; }));
    expect_same(found_by(3, packets), alone);
}

/// Flows with hellos in two segments and DNS queries, each packet's payload overwritten once it was handed over.
std::vector<features::AttributedFlow> attributed_by(std::size_t workers, const features::Schema& schema) {
    using namespace decode::test;
    features::AttributeListener listener;
    const auto meter = make_meter({.hash_key = kKey, .with_attributes = true}, schema, workers, listener);
    Buffer capture_buffer;
    const auto hand_over = [&](decode::Packet packet) {
        capture_buffer.assign(packet.payload.begin(), packet.payload.end());
        packet.payload = capture_buffer;
        meter->add(std::span(&packet, 1));
        std::ranges::fill(capture_buffer, std::uint8_t{0xee});
    };
    features::PayloadTalk talk;
    for (std::uint16_t i = 0; i < 5000; ++i) {
        talk.client_port = i;
        const std::string name = "host" + std::to_string(i) + ".example";
        const Buffer hello = tls_record(client_hello({.extensions = {{server_name(name)}}}));
        hand_over(talk.says(Buffer(hello.begin(), hello.begin() + 30), 100));
        if (i % 3 != 0) hand_over(talk.says(Buffer(hello.begin() + 30, hello.end()), 130));
    }
    meter->finish();
    return listener.flows;
}

TEST(ParallelMeter, CarriesAttributesOverThreads) {
    const features::Schema schema{
        "custom",
        {*features::find_feature("Fwd Payload Entropy"), *features::find_feature("TLS SNI Length"),
         *features::find_feature("Flow Duration")}};
    const auto alone = attributed_by(0, schema);
    ASSERT_EQ(alone.size(), 5000u);
    for (const auto& flow : alone) {
        const int i = flow.identity.source_port;
        const std::string name = i % 3 == 0 ? "" : "host" + std::to_string(i) + ".example";
        ASSERT_EQ(flow.name(), name);
        ASSERT_GT(flow.values[0], 0);
        ASSERT_EQ(flow.values[1], static_cast<double>(name.size()));
    }
    for (const std::size_t workers : {1, 3}) {
        const auto found = attributed_by(workers, schema);
        ASSERT_EQ(found.size(), alone.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            ASSERT_EQ(found[i].identity.source_port, alone[i].identity.source_port);
            ASSERT_EQ(found[i].name(), alone[i].name());
            ASSERT_EQ(found[i].values, alone[i].values);
        }
    }
}

TEST(ParallelMeter, DrainTellsAllThatIsDecidedAndTicksEndFlows) {
    FlowCollector collector;
    ParallelMeter meter({.hash_key = kKey}, features::cic_schema(), 2, collector);
    const features::Talk talk;
    const Packets packets = {talk.from_client(0, 5), talk.from_server(1000, 7)};
    meter.add(packets);
    meter.drain();
    EXPECT_EQ(meter.counters().packets, 2u);
    EXPECT_EQ(meter.counters().flows_live, 1u);
    EXPECT_GT(meter.memory_bytes(), 0u);
    EXPECT_TRUE(collector.flows.empty());
    meter.tick(features::kStart + 122 * base::kSecond);  // Two minutes of silence, and a slot of the timers.
    meter.drain();
    EXPECT_EQ(meter.counters().flows_live, 0u);
    ASSERT_EQ(collector.flows.size(), 1u);
    EXPECT_EQ(collector.flows[0].identity.end_reason, flow::EndReason::kIdle);
    meter.finish();
    EXPECT_EQ(collector.flows.size(), 1u);
}

TEST(ParallelMeter, WithoutPacketsThereIsNothingToTell) {
    EXPECT_TRUE(found_by(2, {}).flows.empty());
}

}  // namespace
}  // namespace flowsift::app
