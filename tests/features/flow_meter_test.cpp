// The fast extractor against the plain one, and what must hold for any packets at all.

#include "features/flow_meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "capture_packets.h"
#include "collected_flows.h"
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

auto order_of(const FlowIdentity& f) {
    return std::tuple(f.first, f.source, f.destination, f.source_port, f.destination_port, f.protocol, f.vlan,
                      f.tunnel_id, f.last, f.icmp_type, f.icmp_code, f.forward_packets, f.backward_packets,
                      f.forward_wire_bytes, f.backward_wire_bytes, f.end_reason);
}

/// Export order is no part of the contract; the values decide between flows of one identity.
std::vector<CollectedFlow> sorted(std::vector<CollectedFlow> flows) {
    std::sort(flows.begin(), flows.end(), [](const CollectedFlow& a, const CollectedFlow& b) {
        return std::tuple(order_of(a.identity), a.values) < std::tuple(order_of(b.identity), b.values);
    });
    return flows;
}

void expect_same_value(const Feature& feature, double fast, double plain) {
    // The plain extractor sums squared differences in floating point; ours is the exact one.
    const double tolerance = feature.is_integer ? 0 : 1e-9 * std::max({1.0, std::abs(fast), std::abs(plain)});
    EXPECT_NEAR(fast, plain, tolerance) << feature.name;
}

void expect_same_flows(const std::vector<CollectedFlow>& unsorted, const std::vector<CollectedFlow>& unsorted_plain) {
    ASSERT_EQ(unsorted.size(), unsorted_plain.size());
    const auto fast = sorted(unsorted), plain = sorted(unsorted_plain);
    for (std::size_t i = 0; i < fast.size(); ++i) {
        SCOPED_TRACE("flow " + std::to_string(i) + ", first " + base::format_cic_time(plain[i].identity.first));
        ASSERT_EQ(order_of(fast[i].identity), order_of(plain[i].identity));
        for (std::size_t f = 0; f < catalogue().size(); ++f)
            expect_same_value(catalogue()[f], fast[i].values[f], plain[i].values[f]);
        if (testing::Test::HasFailure()) return;
    }
}

void expect_equals_reference(const Packets& packets, const AssemblyProfile& profile) {
    TestMeter test(profile);
    for (const decode::Packet& packet : packets) test.meter.add(packet);
    test.meter.finish();
    const reference::Extraction plain = reference::extract(packets, profile);
    expect_same_flows(test.collector.flows, plain.flows);
    const MeterCounters& counters = test.meter.counters();
    EXPECT_EQ(counters.packets, packets.size());
    EXPECT_EQ(counters.late_packets, plain.late_packets);
    EXPECT_EQ(counters.clamped_timestamps, plain.clamped_timestamps);
    EXPECT_EQ(counters.held_back_jumps, plain.held_back_jumps);
}

TEST(FlowMeter, EqualsThePlainExtractorOnRandomTraffic) {
    std::array<std::uint64_t, flow::kEndReasonCount> reasons{};
    std::uint64_t late = 0, held = 0, clamped = 0;
    for (std::uint64_t seed = 0; seed < 300 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Packets packets = RandomTraffic(seed).packets(400);
        for (const AssemblyProfile& profile : {kProfiles[0], kProfiles[1], kHasty, kPatient}) {
            SCOPED_TRACE(profile.name);
            expect_equals_reference(packets, profile);
            const auto plain = reference::extract(packets, profile);
            for (const CollectedFlow& flow : plain.flows) ++reasons[static_cast<std::size_t>(flow.identity.end_reason)];
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
}

TEST(FlowMeter, CountersCloseAfterEveryPacket) {
    for (std::uint64_t seed = 1000; seed < 1020; ++seed) {
        TestMeter test(kHasty);
        const MeterCounters& counters = test.meter.counters();
        for (const decode::Packet& packet : RandomTraffic(seed).packets(500)) {
            test.meter.add(packet);
            ASSERT_EQ(counters.flows_started, ended_flows(counters) + counters.flows_live);
        }
        test.meter.finish();
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
    ASSERT_EQ(a.collector.flows.size(), b.collector.flows.size());
    for (std::size_t i = 0; i < a.collector.flows.size(); ++i) {  // Not even their order does.
        EXPECT_EQ(order_of(a.collector.flows[i].identity), order_of(b.collector.flows[i].identity));
        EXPECT_EQ(a.collector.flows[i].values, b.collector.flows[i].values);
    }
}

TEST(FlowMeter, TicksEndFlowsButNeverEnterAFeature) {
    // A tick after each packet, at its time: the same flows with the same values as without.
    const Packets packets = RandomTraffic(11).packets(3000);
    TestMeter ticked(kHasty);
    base::Nanoseconds latest = packets.front().timestamp;
    for (const decode::Packet& packet : packets) {
        ticked.meter.add(packet);
        if (packet.timestamp - latest <= 3'600 * base::kSecond) latest = std::max(latest, packet.timestamp);
        ticked.meter.tick(latest);
    }
    ticked.meter.finish();
    std::uint64_t packets_in_flows = ticked.meter.counters().late_packets;
    for (const CollectedFlow& flow : ticked.collector.flows) {
        packets_in_flows += flow.identity.forward_packets + flow.identity.backward_packets;
        EXPECT_LE(flow["Flow Duration"], 7'000'001);  // Active timeout of the profile, floored at both ends.
    }
    EXPECT_EQ(packets_in_flows, packets.size());
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
        for (const AssemblyProfile& profile : kProfiles) expect_equals_reference(packets, profile);
    }
    EXPECT_GT(packets_read, 0u);
}

INSTANTIATE_TEST_SUITE_P(FlowMeter, RealCaptures, testing::Values("attacks", "benign", "oracle"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace flowsift::features
