// The `early` group by hand.
#include <gtest/gtest.h>

#include "collected_flows.h"
#include "features/feature_group.h"
#include "packet_makers.h"

namespace flowsift::features {
namespace {

TEST(Early, ShowsSizeWithDirectionGapAndFlagsOfEachPacket) {
    const Talk talk;
    // SYN, SYN+ACK: headers of 20 bytes and no payload; then 100 bytes from the client after 30 ms.
    const std::vector<CollectedFlow> flows =
        metered({with_flags(talk.from_client(0), kSyn), with_flags(talk.from_server(10'000), kSyn | kAck),
                 with_flags(talk.from_client(40'000, 100), kPsh | kAck)});
    ASSERT_EQ(flows.size(), 1u);
    const CollectedFlow& flow = flows[0];
    EXPECT_EQ(flow["Packet 1 Size"], 20);
    EXPECT_EQ(flow["Packet 1 Gap"], 0);
    EXPECT_EQ(flow["Packet 1 Flags"], 2);
    EXPECT_EQ(flow["Packet 2 Size"], -20);
    EXPECT_EQ(flow["Packet 2 Gap"], 10'000);
    EXPECT_EQ(flow["Packet 2 Flags"], 18);
    EXPECT_EQ(flow["Packet 3 Size"], 120);
    EXPECT_EQ(flow["Packet 3 Gap"], 30'000);
    EXPECT_EQ(flow["Packet 3 Flags"], 24);
    EXPECT_EQ(flow["Packet 4 Size"], 0);
    EXPECT_EQ(flow["Packet 32 Flags"], 0);
}

TEST(Early, APacketOfNothingStillShowsItsDirection) {
    Talk talk;
    talk.protocol = 59;  // IPv6 "no next header".
    decode::Packet packet = talk.from_server(0);
    packet.header_length = 0;
    decode::Packet answer = talk.from_client(5);
    answer.header_length = 0;
    const std::vector<CollectedFlow> flows = metered({packet, answer});
    EXPECT_EQ(flows.at(0)["Packet 1 Size"], 1);
    EXPECT_EQ(flows.at(0)["Packet 2 Size"], -1);
}

TEST(Early, StopsAtThe32ndPacketAndForgetsTheFlowBefore) {
    Talk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    std::vector<decode::Packet> packets;
    for (int i = 0; i < 40; ++i) packets.push_back(talk.from_client(i, 1'000 + i));
    packets.push_back(talk.from_client(200'000'000, 5));  // Another flow, in the same place of memory.
    const std::vector<CollectedFlow> flows = metered(packets);
    ASSERT_EQ(flows.size(), 2u);
    EXPECT_EQ(flows[0]["Packet 32 Size"], 8 + 1'031);
    EXPECT_EQ(flows[1]["Packet 1 Size"], 8 + 5);
    EXPECT_EQ(flows[1]["Packet 1 Gap"], 0);
    EXPECT_EQ(flows[1]["Packet 2 Size"], 0);
}

TEST(Early, SchemaHoldsTheFirstNPacketsAndCic) {
    const Schema all = find_schema("early").value();
    EXPECT_EQ(all.size(), 84u + 3 * 32);
    EXPECT_EQ(all.feature(84).name, "Packet 1 Size");
    EXPECT_EQ(all.feature(all.size() - 1).name, "Packet 32 Flags");
    const Schema eight = find_schema("early:8").value();
    EXPECT_EQ(eight.name, "early:8");
    EXPECT_EQ(eight.size(), 84u + 3 * 8);
    EXPECT_EQ(eight.feature(eight.size() - 1).name, "Packet 8 Flags");
    EXPECT_EQ(find_schema("early:32")->name, "early");
    EXPECT_EQ(find_schema("tcp+early:1+cic")->name, "early:1+tcp");
    for (const char* name : {"early:0", "early:33", "early:", "early:-1", "early:8x", "early:8:8"})
        EXPECT_FALSE(find_schema(name).ok()) << name;
}

TEST(Early, RowsOfASelectionHoldItsFeaturesOnly) {
    const Schema schema = find_schema("early:2").value();
    FlowCollector collector;
    FlowMeter meter({kProfiles[0], {1, 2}}, schema, collector);
    meter.add(with_flags(Talk().from_client(0, 7), kPsh | kAck));
    meter.finish();
    ASSERT_EQ(collector.flows.at(0).values.size(), schema.size());
    EXPECT_EQ(collector.flows[0]["Total Length of Fwd Packet"], 7);  // `cic` comes first.
    EXPECT_EQ(collector.flows[0].values[84], 27);
    EXPECT_EQ(collector.flows[0].values[86], 24);
}

}  // namespace
}  // namespace flowsift::features
