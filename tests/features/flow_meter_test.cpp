// The fast extractor against the plain one, and what must hold for any packets at all.

#include "features/flow_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "capture_packets.h"
#include "collected_flows.h"
#include "features/feature_group.h"
#include "flow_comparison.h"
#include "random_traffic.h"
#include "reference_extractor.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

/// Short limits, so that a short random stream passes them often.
constexpr AssemblyProfile kHasty{"hasty", 2 * base::kSecond, 7 * base::kSecond, base::kSecond, "for tests"};
constexpr AssemblyProfile kPatient{"patient", 1'000 * base::kSecond, 3'000 * base::kSecond, base::kSecond, "for tests"};

std::uint64_t ended_flows(const MeterCounters& counters) {
    return std::accumulate(counters.flows_ended.begin(), counters.flows_ended.end(), std::uint64_t{0});
}

/// Returns what the plain extractor found.
reference::Extraction expect_equals_reference(const Packets& packets, const AssemblyProfile& profile,
                                              bool with_hosts = true) {
    TestMeter test(profile, {1, 2}, {}, with_hosts ? full_schema() : find_schema("early+tcp").value());
    for (const decode::Packet& packet : packets) test.meter.add(packet);
    test.meter.finish();
    reference::Extraction plain = reference::extract(packets, profile, {}, with_hosts);
    EXPECT_EQ(first_difference(test.collector.flows, plain.flows), "");
    const MeterCounters& counters = test.meter.counters();
    EXPECT_EQ(counters.packets, packets.size());
    EXPECT_EQ(counters.late_packets, plain.late_packets);
    EXPECT_EQ(counters.clamped_timestamps, plain.clamped_timestamps);
    EXPECT_EQ(counters.held_back_jumps, plain.held_back_jumps);
    return plain;
}

TEST(FlowMeter, EqualsThePlainExtractorOnRandomTraffic) {
    std::array<std::uint64_t, flow::kEndReasonCount> reasons{};
    std::uint64_t late = 0, held = 0, clamped = 0;
    std::vector<std::uint64_t> flows_with(catalogue().size());
    for (std::uint64_t seed = 0; seed < 80 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Packets packets = RandomTraffic(seed).packets(400);
        for (const AssemblyProfile& profile : {kProfiles[0], kProfiles[1], kHasty, kPatient}) {
            SCOPED_TRACE(profile.name);
            const reference::Extraction plain = expect_equals_reference(packets, profile, seed % 5 == 0);
            for (const CollectedFlow& flow : plain.flows) {
                ++reasons[static_cast<std::size_t>(flow.identity.end_reason)];
                for (std::size_t f = 0; f < flow.values.size(); ++f) flows_with[f] += flow.values[f] != 0;
            }
            late += plain.late_packets;
            held += plain.held_back_jumps;
            clamped += plain.clamped_timestamps;
        }
    }
    // The traffic is worth nothing unless it visits every corner.
    for (const auto reason : {EndReason::kIdle, EndReason::kActive, EndReason::kFin, EndReason::kRst,
                              EndReason::kReused, EndReason::kShutdown})
        EXPECT_GT(reasons[static_cast<std::size_t>(reason)], 100u) << to_string(reason);
    EXPECT_GT(late, 100u);
    EXPECT_GT(held, 100u);
    EXPECT_GT(clamped, 100u);
    for (std::size_t f = 0; f < flows_with.size(); ++f) {
        const std::string_view name = catalogue()[f].name;
        // Always 0; and these packets have no payload (payload_meter_test.cpp).
        const bool is_elsewhere =
            name == "Packet 1 Gap" || std::ranges::count(payload_group().features, name, &Feature::name);
        EXPECT_TRUE(is_elsewhere || flows_with[f] > 5) << name;
    }
}

TEST(FlowMeter, CountersCloseAfterEveryPacket) {
    for (std::uint64_t seed = 1000; seed < 1020; ++seed) {
        TestMeter test(kHasty);
        for (const decode::Packet& packet : RandomTraffic(seed).packets(500)) {
            test.meter.add(packet);
            const MeterCounters counters = test.meter.counters();
            ASSERT_EQ(counters.flows_started, ended_flows(counters) + counters.flows_live);
        }
        test.meter.finish();
        const MeterCounters counters = test.meter.counters();
        std::uint64_t in_flows = 0;
        for (const CollectedFlow& flow : test.collector.flows)
            in_flows += flow.identity.forward_packets + flow.identity.backward_packets;
        EXPECT_EQ(counters.packets, 500u);
        EXPECT_EQ(counters.packets, in_flows + counters.late_packets);
        EXPECT_EQ(counters.flows_live, 0u);
        EXPECT_EQ(counters.flows_started, test.collector.flows.size());
    }
}

TEST(FlowMeter, NoValueIsEverNanOrInfinite) {
    for (std::uint64_t seed = 2000; seed < 2050; ++seed) {
        Packets packets = RandomTraffic(seed).packets(300);
        base::Random random(seed);
        for (decode::Packet& packet : packets) {  // Absurd, as a damaged or hostile file may have it.
            if (random.below(10) == 0) packet.payload_length = 0xffffffff;
            if (random.below(50) == 0) packet.timestamp = static_cast<base::Nanoseconds>(random.next());
        }
        for (const CollectedFlow& flow : metered(packets))
            for (const double value : flow.values) ASSERT_TRUE(std::isfinite(value));
    }
}

TEST(FlowMeter, RowsDoNotDependOnTheHashKey) {
    const Packets packets = RandomTraffic(7).packets(5000);
    TestMeter a(kHasty, {1, 2}), b(kHasty, {0xdeadbeef, 42});
    for (const decode::Packet& packet : packets) a.meter.add(packet), b.meter.add(packet);
    a.meter.finish();
    b.meter.finish();
    EXPECT_EQ(first_difference(a.collector.flows, b.collector.flows), "");
    for (std::size_t i = 0; i < a.collector.flows.size(); ++i)  // Not even their order does.
        ASSERT_EQ(a.collector.flows[i].values, b.collector.flows[i].values);
}

TEST(FlowMeter, TicksEndFlowsButNeverEnterAFeature) {
    // A tick at the time of each packet, before and after it: the same flows with the same values as without.
    for (std::uint64_t seed = 3000; seed < 3020; ++seed) {
        Packets packets = RandomTraffic(seed).packets(400);
        std::stable_sort(packets.begin(), packets.end(),
                         [](const auto& a, const auto& b) { return a.timestamp < b.timestamp; });
        TestMeter ticked(kHasty);
        for (const decode::Packet& packet : packets) {
            ticked.meter.tick(packet.timestamp);
            ticked.meter.add(packet);
            ticked.meter.tick(packet.timestamp);
        }
        ticked.meter.finish();
        TestMeter silent(kHasty);
        for (const decode::Packet& packet : packets) silent.meter.add(packet);
        silent.meter.finish();
        EXPECT_GT(ticked.collector.flows.size(), 100u);
        EXPECT_EQ(first_difference(ticked.collector.flows, silent.collector.flows), "");
    }
}

class RealCaptures : public testing::TestWithParam<const char*> {};

TEST_P(RealCaptures, EqualThePlainExtractor) {
    const auto data = data_folder();
    if (!data) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    std::size_t packets_read = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*data / GetParam())) {
        if (!entry.path().extension().string().starts_with(".pcap")) continue;
        SCOPED_TRACE(entry.path().filename().string());
        const Packets packets = capture_packets(entry.path());
        packets_read += packets.size();
        const bool is_small = metered(packets).size() < 700;
        for (const AssemblyProfile& profile : kProfiles) expect_equals_reference(packets, profile, is_small);
    }
    EXPECT_GT(packets_read, 0u);
}

INSTANTIATE_TEST_SUITE_P(FlowMeter, RealCaptures, testing::Values("attacks", "benign", "oracle"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace flowsift::features
