// The `host` group by hand: what enters a context, when it leaves, and who is forgotten. The sketch against std::set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.h"
#include "collected_flows.h"
#include "features/host_table.h"
#include "packet_makers.h"
#include "random_traffic.h"
#include "reference_extractor.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

constexpr std::uint64_t kSketchKey[] = {3, 4};

std::uint64_t hash_of(std::uint32_t thing) {
    const auto bytes = std::bit_cast<std::array<std::uint8_t, 4>>(thing);
    return base::siphash13({kSketchKey[0], kSketchKey[1]}, bytes);
}

Talk talk_to(const char* server, std::uint16_t port) {
    Talk talk;
    talk.server = *base::parse_ip_address(server);
    talk.server_port = port;
    return talk;
}

/// kStart is 1,500,000,000 s: the begin of a slice of either length.
TEST(Host, CountsWhatTheTwoEndsDidInTheWindowsTheFlowItselfIncluded) {
    // The client asks port 1 at 0 s, refused; port 2 at 0.1 s, refused; then another client asks port 2 at 0.2 s.
    Talk other = talk_to("10.0.0.2", 2);
    other.client = *base::parse_ip_address("10.0.0.9");
    const Talk first = talk_to("10.0.0.2", 1), second = talk_to("10.0.0.2", 2);
    const Packets packets = {
        with_flags(first.from_client(0), kSyn),
        with_flags(first.from_server(1'000), kRst | kAck),
        with_flags(second.from_client(100'000), kSyn),
        with_flags(second.from_server(101'000), kRst | kAck),
        with_flags(other.from_client(200'000, 50), kPsh | kAck),
    };
    // The first two end a linger of 1 s after their RST: at 1.001 and 1.101 s. The third with the capture, at 0.2 s; a
    // packet at 1.05 s of something else goes on until then, and one at 1.2 s.
    Talk clock = talk_to("10.0.0.77", 7);
    clock.client = *base::parse_ip_address("10.0.0.66");
    Packets longer = packets;
    longer.push_back(clock.from_client(1'200'000));
    const std::vector<CollectedFlow> flows = metered(longer);
    ASSERT_EQ(flows.size(), 4u);

    const CollectedFlow& one = flows[0];  // True at 1.001 s.
    EXPECT_EQ(one.identity.destination_port, 1);
    EXPECT_EQ(one["Src Host 2s Ports"], 2);
    EXPECT_EQ(one["Src Host 2s Peers"], 1);
    EXPECT_EQ(one["Src Host 2s New Flows/s"], 1);  // Two flows over two seconds.
    EXPECT_EQ(one["Src Host 60s New Flows/s"], 2 / 60.0);
    EXPECT_EQ(one["Src Host 2s Reset Share"], 1);  // Itself is the only one that has ended.
    EXPECT_EQ(one["Src Host 2s Unanswered Share"], 0);
    EXPECT_EQ(one["Dst Host 2s Ports"], 2);
    EXPECT_EQ(one["Dst Host 2s Peers"], 2);
    EXPECT_EQ(one["Dst Host 2s New Flows/s"], 1.5);
    EXPECT_EQ(one["Dst Host 2s Bytes Per Flow"], 0);

    const CollectedFlow& three = flows[2];  // The end of the capture: 1.2 s; `other` began before `clock`.
    EXPECT_EQ(three.identity.source, other.client);
    EXPECT_EQ(three["Src Host 2s Ports"], 1);
    EXPECT_EQ(three["Src Host 2s Unanswered Share"], 1);
    EXPECT_EQ(three["Dst Host 2s Unanswered Share"], 1 / 3.0);
    EXPECT_EQ(three["Dst Host 2s Reset Share"], 2 / 3.0);
    EXPECT_EQ(three["Dst Host 2s Bytes Per Flow"], 50 / 3.0);
    EXPECT_EQ(one["Pair 2s Flows"], 2);  // The client opened two to 10.0.0.2, one of them to port 1.
    EXPECT_EQ(one["Service 2s Flows"], 1);
    EXPECT_EQ(flows[1]["Pair 60s Flows"], 2);
    EXPECT_EQ(three["Pair 60s Flows"], 1);  // Another client's do not count.
    EXPECT_EQ(three["Service 60s Flows"], 1);
    EXPECT_EQ(flows[3]["Dst Host 60s Peers"], 1);  // Nobody else spoke to 10.0.0.77.
}

TEST(Host, WindowsBeginWithASlice) {
    // Started at 0.499 s: in the slice of half a second that begins at 0. A row at 1.999 s still has it, at 2.0 s not.
    // For the long window: in the slice of two seconds that begins at 0, which a row at 59.999 s has, at 60 s not.
    const auto at = [](std::int64_t microseconds) {
        HostTable table({}, {1, 2});
        FlowEvent event{.time = kStart + 499'000 * base::kMicrosecond, .kind = EventKind::kStarted};
        table.observe(event);
        event.time = kStart + microseconds * base::kMicrosecond;
        event.kind = EventKind::kCheckpoint;
        const HostPair pair = table.observe(event);
        EXPECT_EQ(pair.flows_between[HostPair::kShort], pair.numbers[HostPair::kSource][HostPair::kShort].ports);
        EXPECT_EQ(pair.flows_to_service[HostPair::kLong],
                  std::round(pair.numbers[HostPair::kSource][HostPair::kLong].flows_per_second * 60));
        return std::pair(pair.numbers[HostPair::kSource][HostPair::kShort].ports,
                         pair.numbers[HostPair::kSource][HostPair::kLong].flows_per_second * 60);
    };
    EXPECT_EQ(at(1'999'999), std::pair(1.0, 1.0));
    EXPECT_EQ(at(2'000'000), std::pair(0.0, 1.0));
    EXPECT_EQ(at(59'999'999), std::pair(0.0, 1.0));
    EXPECT_EQ(at(60'000'000), std::pair(0.0, 0.0));
}

TEST(Host, EqualsThePlainExtractorExactlyWhereFewThingsAreDistinct) {
    constexpr AssemblyProfile kHasty{"hasty", 2 * base::kSecond, 7 * base::kSecond, base::kSecond, "for tests"};
    const Schema schema = find_schema("host").value();
    for (std::uint64_t seed = 500; seed < 530; ++seed) {
        const Packets packets = RandomTraffic(seed).packets(400);
        const std::vector<CollectedFlow> fast = metered(packets, kHasty);
        const std::vector<CollectedFlow> plain = reference::extract(packets, kHasty).flows;
        ASSERT_EQ(fast.size(), plain.size());
        for (const FeatureId id : schema.features)
            for (std::size_t i = 0; i < fast.size(); ++i)
                ASSERT_EQ(fast[i].values[id], plain[i].values[id]) << catalogue()[id].name << ", row " << i;
    }
}

TEST(Host, ForgetsTheOneSeenLongestAgoAndCountsIt) {
    // Room for two pairs. A third pair makes the first go; the second is then seen again and the first goes anew.
    HostTable table({.most_contexts = 4}, {1, 2});
    const auto start = [&](const char* source, const char* destination) {
        FlowEvent event{.time = kStart, .kind = EventKind::kStarted};
        event.identity.source = *base::parse_ip_address(source);
        event.identity.destination = *base::parse_ip_address(destination);
        table.observe(event);
        event.kind = EventKind::kCheckpoint;
        return table.observe(event).numbers[HostPair::kSource][HostPair::kShort].flows_per_second * 2;
    };
    EXPECT_EQ(start("10.0.0.1", "10.0.1.1"), 1);
    EXPECT_EQ(start("10.0.0.2", "10.0.1.2"), 1);
    EXPECT_EQ(start("10.0.0.1", "10.0.1.1"), 2);
    EXPECT_EQ(table.forgotten(), 0u);
    EXPECT_EQ(start("10.0.0.3", "10.0.1.3"), 1);  // 2 goes: seen longest ago.
    EXPECT_EQ(table.forgotten(), 2u);
    EXPECT_EQ(start("10.0.0.1", "10.0.1.1"), 3);
    EXPECT_EQ(start("10.0.0.2", "10.0.1.2"), 1);  // It begins anew.
    EXPECT_EQ(table.forgotten(), 4u);
}

TEST(Host, TellsRolesVlansAndTunnelsApart) {
    HostTable table({}, {1, 2});
    FlowEvent event{.time = kStart, .kind = EventKind::kStarted};
    event.identity.source = event.identity.destination = *base::parse_ip_address("10.0.0.1");
    table.observe(event);
    event.identity.vlan = 5;
    event.kind = EventKind::kCheckpoint;
    EXPECT_EQ(table.observe(event).numbers[HostPair::kSource][HostPair::kLong].ports, 0);
    event.identity.vlan = 0;
    event.identity.tunnel_id = 5;
    EXPECT_EQ(table.observe(event).numbers[HostPair::kDestination][HostPair::kLong].ports, 0);
    event.identity.tunnel_id = 0;
    EXPECT_EQ(table.observe(event).numbers[HostPair::kDestination][HostPair::kLong].ports, 1);
}

TEST(Host, StaysWithinTheMemoryThatIsPromised) {
    // 16,384 contexts in at most 92 MB: 5,615 bytes each, of which 100 for the key, the list and the table.
    EXPECT_LE(sizeof(HostContext) + 100, 92'000'000u / 16'384);
    // 65,536 pairs in at most 19 MB: 289 bytes each.
    EXPECT_LE(sizeof(RecentStarts) + 100, 19'000'000u / 65'536);
}

TEST(Host, ForgetsPairsForWantOfPlaceAndCountsThem) {
    HostTable table({.most_pairs = 4}, {1, 2});  // Of a flow, its pair and its service.
    const auto start = [&](std::uint16_t port) {
        FlowEvent event{.time = kStart, .kind = EventKind::kStarted};
        event.identity.destination_port = port;
        table.observe(event);
        event.kind = EventKind::kCheckpoint;
        return table.observe(event);
    };
    EXPECT_EQ(start(1).flows_to_service[HostPair::kShort], 1);
    EXPECT_EQ(start(2).flows_to_service[HostPair::kShort], 1);
    EXPECT_EQ(start(1).flows_to_service[HostPair::kShort], 2);
    EXPECT_EQ(start(3).flows_between[HostPair::kShort], 4);
    EXPECT_EQ(table.forgotten(), 0u);
    EXPECT_EQ(start(4).flows_between[HostPair::kShort], 5);  // Service 2 goes: seen longest ago.
    EXPECT_EQ(table.forgotten(), 1u);
    EXPECT_EQ(start(1).flows_to_service[HostPair::kShort], 3);
    EXPECT_EQ(start(2).flows_to_service[HostPair::kShort], 1);  // It begins anew.
}

// Half seconds -4 and 72: slices of two seconds -1 and 18, which are 19 apart and so both within the last thirty.
TEST(RecentStarts, CountAcrossTheBeginOf1970) {
    RecentStarts starts;
    starts.add(-4);
    for (HalfSecond now = -4; now <= 72; ++now) EXPECT_EQ(starts.count(now, HostPair::kLong), 1) << now;
    starts.add(72);
    EXPECT_EQ(starts.count(72, HostPair::kLong), 2);
    EXPECT_EQ(starts.count(116, HostPair::kLong), 1);  // Slice 29: the window begins with slice 0.
}

TEST(RecentStarts, SlidesThroughHoursLikeAListOfAllThatHappened) {
    base::Random random(8);
    RecentStarts starts;
    std::vector<HalfSecond> seen;
    HalfSecond now = half_second_of(kStart);
    for (int i = 0; i < 5'000; ++i) {
        now += random.below(20) == 0 ? random.below(400) : random.below(3);
        if (random.below(3) > 0) {
            starts.add(now);
            seen.push_back(now);
        }
        const auto since = [&](HalfSecond begin) {
            return static_cast<double>(std::ranges::count_if(seen, [&](HalfSecond each) { return each >= begin; }));
        };
        ASSERT_EQ(starts.count(now, HostPair::kShort), since(now - 3));
        ASSERT_EQ(starts.count(now, HostPair::kLong), since((now / 4 - 29) * 4));
    }
}

TEST(DistinctSketch, IsExactUpToSixteenThingsOfAWindow) {
    DistinctSketch sketch;
    for (std::uint32_t i = 0; i < 16; ++i) {
        sketch.add(hash_of(i), static_cast<std::uint8_t>(10 + i));
        sketch.add(hash_of(0), static_cast<std::uint8_t>(10 + i));  // Again and again.
        EXPECT_EQ(sketch.count(1), i + 1);
    }
    EXPECT_EQ(sketch.count(24), 3);  // 14, 15, and 0, which was last seen with 15.
    EXPECT_EQ(sketch.count(26), 0);
    // A seventeenth takes the place of 1, seen longest ago, in slice 11: exact still for windows that begin later.
    sketch.add(hash_of(99), 130);
    EXPECT_NEAR(sketch.count(11), 17, 3);
    EXPECT_EQ(sketch.count(12), 16);
    EXPECT_EQ(sketch.count(130), 1);
    EXPECT_EQ(sketch.count(131), 0);
}

TEST(DistinctSketch, EstimatesWithinFourStandardErrors) {
    base::Random random(1);
    for (const std::uint32_t things : {17u, 40u, 100u, 320u, 500u, 2'000u, 20'000u, 200'000u}) {
        DistinctSketch sketch;
        const std::uint32_t first = static_cast<std::uint32_t>(random.next());
        for (std::uint32_t i = 0; i < things; ++i) sketch.add(hash_of(first + i), 100);
        for (std::uint32_t i = 0; i < things; i += 3) sketch.add(hash_of(first + i), 101);
        EXPECT_NEAR(sketch.count(1), things, 4 * 0.092 * things) << things;
        EXPECT_NEAR(sketch.count(101), things / 3.0, 4 * 0.092 * things / 3.0 + 1) << things;
    }
}

TEST(DistinctSketch, ForgetsAsTimeShifts) {
    DistinctSketch sketch;
    for (std::uint32_t i = 0; i < 1'000; ++i) sketch.add(hash_of(i), static_cast<std::uint8_t>(1 + i / 5));
    const double late = sketch.count(101), all = sketch.count(1);
    EXPECT_LT(late, all);
    sketch.shift(100);
    EXPECT_EQ(sketch.count(1), late);
    sketch.shift(255);
    EXPECT_EQ(sketch.count(1), 0);
}

TEST(HostContext, SlidesThroughHoursLikeASetOfAllThatHappened) {
    // Few things, so that counts are exact; gaps from nothing to minutes; the base of the slices moves many times.
    base::Random random(7);
    HostContext context;
    std::vector<std::pair<HalfSecond, std::uint32_t>> seen;
    HalfSecond now = half_second_of(kStart);
    for (int i = 0; i < 5'000; ++i) {
        now += random.below(20) == 0 ? random.below(400) : random.below(3);
        const std::uint32_t thing = random.below(12);
        context.add_start(now, hash_of(thing), hash_of(0));
        seen.emplace_back(now, thing);
        const auto distinct_since = [&](HalfSecond begin) {
            std::set<std::uint32_t> things;
            for (auto each = seen.rbegin(); each != seen.rend() && each->first >= begin; ++each)
                things.insert(each->second);
            return static_cast<double>(things.size());
        };
        ASSERT_EQ(context.numbers(now, HostPair::kShort).ports, distinct_since(now - 3));
        ASSERT_EQ(context.numbers(now, HostPair::kLong).ports, distinct_since((now / 4 - 29) * 4));
    }
    EXPECT_EQ(half_second_of(-1), -1);
    EXPECT_EQ(half_second_of(499'999'999), 0);
}

}  // namespace
}  // namespace flowsift::features
