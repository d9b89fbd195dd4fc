// Which way a flow is looked at: names of the ends mean nothing, and taking the other end for the initiator swaps the
// forward and backward columns and nothing else.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "collected_flows.h"
#include "features/feature_group.h"
#include "flow_comparison.h"
#include "packet_makers.h"
#include "random_traffic.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

constexpr std::int64_t kS = 1'000'000;  // Microseconds, as the packet makers count.

/// What a flow's own packets tell. The context of hosts also depends on who else did what at the very same moment, and
/// in which order that is told.
std::vector<CollectedFlow> flows_of(const Packets& packets, const AssemblyProfile& profile = kProfiles[0]) {
    TestMeter test(profile, {1, 2}, {}, find_schema("cic+early+tcp").value());
    for (const decode::Packet& packet : packets) test.meter.add(packet);
    test.meter.finish();
    return test.collector.flows;
}

void swap_ends(decode::Packet& packet) {
    std::swap(packet.source, packet.destination);
    std::swap(packet.source_port, packet.destination_port);
}

TEST(Direction, SwappingTheEndsOfEveryPacketSwapsTheEndsOfEveryFlowAndNoNumber) {
    const auto swap_ends_of_row = [](CollectedFlow& flow) {
        std::swap(flow.identity.source, flow.identity.destination);
        std::swap(flow.identity.source_port, flow.identity.destination_port);
        std::swap(flow.values[*find_feature("Src Port")], flow.values[*find_feature("Dst Port")]);
    };
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Packets packets = RandomTraffic(seed).packets(500);
        const std::vector<CollectedFlow> before = flows_of(packets);
        std::ranges::for_each(packets, swap_ends);
        std::vector<CollectedFlow> after = flows_of(packets);
        std::ranges::for_each(after, swap_ends_of_row);
        EXPECT_EQ(first_difference(after, before), "");
    }
}

/// The same column of the other direction; the name itself where there is none.
std::string counterpart(std::string name) {
    static constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
        {"Total Fwd Packet", "Total Bwd packets"},
        {"FWD Init Win Bytes", "Bwd Init Win Bytes"},
        {"Src Port", "Dst Port"},
    };
    for (const auto& [forward, backward] : kPairs) {
        if (name == forward) return std::string(backward);
        if (name == backward) return std::string(forward);
    }
    if (const auto at = name.find("Fwd"); at != std::string::npos)
        name.replace(at, 3, "Bwd");
    else if (const auto other = name.find("Bwd"); other != std::string::npos)
        name.replace(other, 3, "Fwd");
    return name;
}

/// Columns of one direction for which the catalogue has none of the other.
constexpr std::string_view kWithoutCounterpart[] = {"Down/Up Ratio", "Fwd Act Data Pkts", "Fwd Seg Size Min"};

TEST(Direction, EveryColumnHasACounterpartButThree) {
    std::size_t swapped = 0;
    for (const Feature& feature : catalogue()) {
        const std::string name(feature.name), other = counterpart(name);
        const bool is_alone = std::ranges::count(kWithoutCounterpart, feature.name) > 0;
        EXPECT_EQ(find_feature(other).has_value(), !is_alone || other == name) << name;
        EXPECT_TRUE(is_alone || counterpart(other) == name) << name;
        swapped += other != name && !is_alone ? 1 : 0;
    }
    EXPECT_GT(swapped, 40u);
}

Talk talk_number(int number) {
    constexpr std::uint8_t kProtocols[] = {6, 17, 132, 1};
    Talk talk;
    talk.protocol = kProtocols[number % 4];
    talk.client_port = static_cast<std::uint16_t>(1000 + number);
    talk.client.bytes[15] = static_cast<std::uint8_t>(number);
    return talk;
}

/// A packet of either end with any flags but SYN, FIN and RST, so that nothing but the first packet tells who began.
decode::Packet any_packet(const Talk& talk, std::int64_t time, base::Random& random) {
    const std::uint32_t payload = random.below(3) == 0 ? 0 : random.below(1461);
    decode::Packet packet = random.below(2) == 0 ? talk.from_client(time, payload) : talk.from_server(time, payload);
    packet.tcp_sequence = static_cast<std::uint32_t>(random.next());
    if (talk.protocol != decode::ip_protocol::kTcp) return packet;
    packet.tcp_flags = static_cast<std::uint8_t>(random.below(256)) & ~(kSyn | kFin | kRst);
    packet.tcp_window = static_cast<std::uint16_t>(random.below(65'536));
    packet.header_length = static_cast<std::uint16_t>(20 + 4 * random.below(11));
    return packet;
}

/// Forty dialogues within 100 s, from 121 s on.
Packets dialogues(std::uint64_t seed) {
    base::Random random(seed);
    Packets packets;
    std::int64_t time = 121 * kS;
    for (int i = 0; i < 2000; ++i) {
        // Mostly short, now and then over the limits of bulks, subflows and idle times.
        time += random.below(400) == 0 ? random.below(8) * kS : random.below(20'000);
        packets.push_back(any_packet(talk_number(i < 40 ? i : static_cast<int>(random.below(40))), time, random));
    }
    return packets;
}

/// The rows of `packets` when the client (or the server) of each dialogue has spoken first: it says something at 0 s
/// and at 119 s, is cut at 120 s by the profile, and what follows continues it, looked at the same way.
std::vector<CollectedFlow> seen_from(bool is_client, const Packets& packets) {
    Packets all;
    for (const std::int64_t time : {std::int64_t{0}, 119 * kS}) {
        for (int i = 0; i < 40; ++i) {
            const Talk talk = talk_number(i);
            all.push_back(with_flags(is_client ? talk.from_client(time) : talk.from_server(time), 0));
        }
    }
    all.insert(all.end(), packets.begin(), packets.end());
    std::vector<CollectedFlow> flows = flows_of(all, *find_profile("cicflowmeter"));
    std::erase_if(flows, [](const CollectedFlow& flow) { return flow.identity.first == kStart; });
    std::ranges::sort(flows, {}, [](const CollectedFlow& flow) { return flow.identity.first; });
    return flows;
}

/// Of the packets of one sender, counted plainly.
struct Sent {
    double with_payload = 0;
    double least_header = 0;
};

Sent sent_by(const FlowIdentity& flow, const Packets& packets) {
    Sent sent;
    bool is_first = true;
    for (const decode::Packet& packet : packets) {
        const bool has_ports = flow.protocol != decode::ip_protocol::kIcmp;
        if (packet.protocol != flow.protocol || packet.source != flow.source ||
            packet.destination != flow.destination || (has_ports && packet.source_port != flow.source_port))
            continue;
        const bool is_cic_payload = flow.protocol != decode::ip_protocol::kIcmp;
        const bool is_cic_header =
            flow.protocol == decode::ip_protocol::kTcp || flow.protocol == decode::ip_protocol::kUdp;
        const double header = is_cic_header ? packet.header_length : 0;
        sent.with_payload += is_cic_payload && packet.payload_length > 0 ? 1 : 0;
        sent.least_header = is_first ? header : std::min(sent.least_header, header);
        is_first = false;
    }
    return sent;
}

void expect_swapped(const CollectedFlow& one, const CollectedFlow& other, const Packets& packets) {
    EXPECT_EQ(one.identity.source, other.identity.destination);
    EXPECT_EQ(one.identity.source_port, other.identity.destination_port);
    EXPECT_EQ(one.identity.forward_packets, other.identity.backward_packets);
    EXPECT_EQ(one.identity.backward_wire_bytes, other.identity.forward_wire_bytes);
    EXPECT_EQ(one.identity.end_reason, other.identity.end_reason);
    for (const FeatureGroup* group : {&cic_group(), &tcp_group()}) {
        for (const Feature& feature : group->features) {
            if (std::ranges::count(kWithoutCounterpart, feature.name) > 0) continue;
            EXPECT_EQ(one[feature.name], other[counterpart(std::string(feature.name))]) << feature.name;
        }
    }
    const double forward = one["Total Fwd Packet"], backward = one["Total Bwd packets"];
    EXPECT_EQ(one["Down/Up Ratio"], forward > 0 ? backward / forward : 0);
    EXPECT_EQ(other["Down/Up Ratio"], backward > 0 ? forward / backward : 0);
    for (const CollectedFlow* flow : {&one, &other}) {
        const Sent sent = sent_by(flow->identity, packets);
        EXPECT_EQ((*flow)["Fwd Act Data Pkts"], sent.with_payload);
        EXPECT_EQ((*flow)["Fwd Seg Size Min"], sent.least_header);
    }
}

TEST(Direction, TakingTheOtherEndForTheInitiatorSwapsForwardAndBackwardExactly) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Packets packets = dialogues(seed);
        const std::vector<CollectedFlow> clients = seen_from(true, packets), servers = seen_from(false, packets);
        ASSERT_EQ(clients.size(), 40u);
        ASSERT_EQ(servers.size(), 40u);
        for (std::size_t i = 0; i < clients.size(); ++i) expect_swapped(clients[i], servers[i], packets);
    }
}

}  // namespace
}  // namespace flowsift::features
