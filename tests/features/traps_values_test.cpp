// Of the 27 traps that older flow extractors fell into, those of the numbers. The rest: traps_assembly_test.cpp and
// tests/app/traps_test.cpp. Every expected value is worked out by hand.

#include <gtest/gtest.h>

#include <cmath>

#include "collected_flows.h"
#include "packet_makers.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

constexpr std::int64_t kMs = 1'000;  // Microseconds, as the packet makers count.
constexpr std::int64_t kS = 1'000'000;

TEST(Traps, T12_TheFirstPacketCountsOnceInLengthStatistics) {
    // Lengths 300, 0, 60 (forward) and 40 (backward).
    // Forward: sum 360, mean 120, deviations 180, -120, -60 → (32400 + 14400 + 3600) / 2 = 25200 → sqrt = 158.745...
    // All: sum 400, mean 100, deviations 200, -100, -40, -60 → (40000 + 10000 + 1600 + 3600) / 3 = 18400.
    Talk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    const auto flow = metered(
        {talk.from_client(0, 300), talk.from_client(1, 0), talk.from_server(2, 40), talk.from_client(3, 60)})[0];
    EXPECT_EQ(flow["Total Length of Fwd Packet"], 360);
    EXPECT_EQ(flow["Fwd Packet Length Max"], 300);
    EXPECT_EQ(flow["Fwd Packet Length Min"], 0);
    EXPECT_EQ(flow["Fwd Packet Length Mean"], 120);
    EXPECT_DOUBLE_EQ(flow["Fwd Packet Length Std"], std::sqrt(25'200.0));
    EXPECT_EQ(flow["Packet Length Min"], 0);
    EXPECT_EQ(flow["Packet Length Max"], 300);
    EXPECT_EQ(flow["Packet Length Mean"], 100);
    EXPECT_EQ(flow["Packet Length Variance"], 18'400);
    EXPECT_DOUBLE_EQ(flow["Packet Length Std"], std::sqrt(18'400.0));
    EXPECT_EQ(flow["Average Packet Size"], 100);
    EXPECT_EQ(flow["Fwd Segment Size Avg"], 120);
    EXPECT_EQ(flow["Bwd Segment Size Avg"], 40);
}

TEST(Traps, T13_EveryFlagOfEveryPacketIsCountedUnderItsOwnName) {
    // Flag number k (FIN 0, SYN 1, RST 2, PSH 3, ACK 4, URG 5, ECE 6, CWR 7) is borne by k + 1 forward and 9 backward
    // packets, so that no two columns are equal by chance. RST last: it closes the flow, which still takes the rest.
    const Talk talk;
    Packets packets = {with_flags(talk.from_client(0), 0)};
    std::int64_t at = 0;
    for (const int bit : {1, 3, 4, 5, 6, 7, 0, 2})
        for (int i = 0; i < bit + 1; ++i) packets.push_back(with_flags(talk.from_client(++at), 1 << bit));
    for (int i = 0; i < 9; ++i) packets.push_back(with_flags(talk.from_server(++at), 0xfd));  // All but SYN.
    const auto flows = metered(packets);
    ASSERT_EQ(flows.size(), 1u);
    const CollectedFlow& flow = flows[0];
    EXPECT_EQ(flow["FIN Flag Count"], 1 + 9);
    EXPECT_EQ(flow["SYN Flag Count"], 2);
    EXPECT_EQ(flow["RST Flag Count"], 3 + 9);
    EXPECT_EQ(flow["PSH Flag Count"], 4 + 9);
    EXPECT_EQ(flow["ACK Flag Count"], 5 + 9);
    EXPECT_EQ(flow["URG Flag Count"], 6 + 9);
    EXPECT_EQ(flow["ECE Flag Count"], 7 + 9);
    EXPECT_EQ(flow["CWR Flag Count"], 8 + 9);
    EXPECT_EQ(flow["Fwd PSH Flags"], 4);
    EXPECT_EQ(flow["Bwd PSH Flags"], 9);
    EXPECT_EQ(flow["Fwd URG Flags"], 6);
    EXPECT_EQ(flow["Bwd URG Flags"], 9);
    EXPECT_EQ(flow["Fwd RST Flags"], 3);
    EXPECT_EQ(flow["Bwd RST Flags"], 9);
}

TEST(Traps, T15_BulksBelongToTheDirectionThatSentThem) {
    // Forward: 4 x 100 bytes at 0, 10, 20, 30 ms; an empty packet of the server between them breaks nothing.
    // Backward: 5 x 200 bytes at 100, 110, 120, 130, 140 ms. Then forward 3 x 100 bytes: too few for a bulk.
    // Then, after a gap of exactly 1 s within a run: 4 x 50 bytes backward at 200, 1200, 2200, 3200 ms: a bulk of 3 s.
    const Talk talk;
    Packets packets;
    for (int i = 0; i < 4; ++i) {
        packets.push_back(talk.from_client(i * 10 * kMs, 100));
        packets.push_back(talk.from_server(i * 10 * kMs + 1));
    }
    for (int i = 0; i < 5; ++i) packets.push_back(talk.from_server((100 + i * 10) * kMs, 200));
    for (int i = 0; i < 3; ++i) packets.push_back(talk.from_client((150 + i * 10) * kMs, 100));
    for (int i = 0; i < 4; ++i) packets.push_back(talk.from_server((200 + i * 1000) * kMs, 50));
    const CollectedFlow flow = metered(packets)[0];
    EXPECT_EQ(flow["Fwd Bytes/Bulk Avg"], 400);
    EXPECT_EQ(flow["Fwd Packet/Bulk Avg"], 4);
    EXPECT_DOUBLE_EQ(flow["Fwd Bulk Rate Avg"], 400 / 0.03);
    EXPECT_EQ(flow["Bwd Bytes/Bulk Avg"], (1000 + 200) / 2);
    EXPECT_EQ(flow["Bwd Packet/Bulk Avg"], 4.5);
    EXPECT_DOUBLE_EQ(flow["Bwd Bulk Rate Avg"], 1200 / 3.04);
}

TEST(Traps, T15_AGapOverASecondOrANonEmptyPacketOfTheOtherBreaksABulk) {
    const Talk talk;
    const auto bulk_after = [&](std::int64_t gap, bool with_answer) {
        Packets packets = {talk.from_client(0, 9), talk.from_client(1, 9)};
        if (with_answer) packets.push_back(talk.from_server(2, 1));
        packets.push_back(talk.from_client(1 + gap, 9));
        packets.push_back(talk.from_client(2 + gap, 9));
        return metered(packets)[0]["Fwd Packet/Bulk Avg"];
    };
    EXPECT_EQ(bulk_after(kS, false), 4);
    EXPECT_EQ(bulk_after(kS + 1, false), 0);
    EXPECT_EQ(bulk_after(kS, true), 0);
    // All at one moment: a bulk without duration has rate 0.
    const CollectedFlow flow =
        metered({talk.from_client(0, 9), talk.from_client(0, 9), talk.from_client(0, 9), talk.from_client(0, 9)})[0];
    EXPECT_EQ(flow["Fwd Bytes/Bulk Avg"], 36);
    EXPECT_EQ(flow["Fwd Bulk Rate Avg"], 0);
}

TEST(Traps, T16_RatiosAndSubflowsAreRealDivisions) {
    // 3 backward / 2 forward packets. Gaps: 1 s exactly (no new subflow), 1 s + 1 µs (one), 2 s (another): 3 subflows.
    const Talk talk;
    const CollectedFlow flow =
        metered({talk.from_client(0, 10), talk.from_server(kS, 20), talk.from_server(2 * kS + 1, 20),
                 talk.from_server(4 * kS + 1, 20), talk.from_client(4 * kS + 2, 15)})[0];
    EXPECT_EQ(flow["Down/Up Ratio"], 1.5);
    EXPECT_DOUBLE_EQ(flow["Subflow Fwd Packets"], 2 / 3.0);
    EXPECT_DOUBLE_EQ(flow["Subflow Fwd Bytes"], 25 / 3.0);
    EXPECT_DOUBLE_EQ(flow["Subflow Bwd Packets"], 1);
    EXPECT_DOUBLE_EQ(flow["Subflow Bwd Bytes"], 20);
}

TEST(Traps, T17_TheInitialWindowIsThatOfTheFirstPacket) {
    const Talk talk;
    Packets packets = {talk.from_client(0), talk.from_server(1), talk.from_client(2), talk.from_server(3)};
    packets[0].tcp_window = 0;  // Zero is a window, too.
    packets[1].tcp_window = 65'535;
    packets[2].tcp_window = packets[3].tcp_window = 1;
    EXPECT_EQ(metered(packets)[0]["FWD Init Win Bytes"], 0);
    EXPECT_EQ(metered(packets)[0]["Bwd Init Win Bytes"], 65'535);
}

TEST(Traps, T18_TheFirstPacketIsPartOfActData) {
    const Talk talk;
    const CollectedFlow flow =
        metered({talk.from_client(0, 1), talk.from_client(1), talk.from_client(2, 5), talk.from_server(3, 5)})[0];
    EXPECT_EQ(flow["Fwd Act Data Pkts"], 2);
}

TEST(Traps, T19_ActiveAndIdleAreLengthsNotMoments) {
    // Active 0–2 s; gap of exactly 5 s is no idle gap, so on to 7 s; idle 6 s to 13 s; active to 14 s; idle 10 s to 24
    // s. Active periods: 7 s, 1 s, 0 s (the last, open one). Mean 8/3 s; deviations 13/3, -5/3, -8/3 → sum of squares
    // 258/9 s², /2 = 129/9 → std = sqrt(129)/3 s. Idle: 6 s, 10 s: mean 8 s, std sqrt(8) s.
    const Talk talk;
    Packets packets;
    for (const std::int64_t second : {0, 2, 7, 13, 14, 24}) packets.push_back(talk.from_client(second * kS));
    const CollectedFlow flow = metered(packets)[0];
    EXPECT_DOUBLE_EQ(flow["Active Mean"], 8e6 / 3);
    EXPECT_DOUBLE_EQ(flow["Active Std"], std::sqrt(129.0) / 3 * 1e6);
    EXPECT_EQ(flow["Active Max"], 7e6);
    EXPECT_EQ(flow["Active Min"], 0);
    EXPECT_EQ(flow["Idle Mean"], 8e6);
    EXPECT_DOUBLE_EQ(flow["Idle Std"], std::sqrt(8.0) * 1e6);
    EXPECT_EQ(flow["Idle Max"], 10e6);
    EXPECT_EQ(flow["Idle Min"], 6e6);
    // Without such a gap: one period, the whole flow.
    const CollectedFlow brief = metered({talk.from_client(0), talk.from_client(5 * kS)})[0];
    EXPECT_EQ(brief["Active Mean"], 5e6);
    EXPECT_EQ(brief["Active Min"], 5e6);
    EXPECT_EQ(brief["Idle Max"], 0);
}

TEST(Traps, T20_RatesOverNoTimeAreZero) {
    const Talk talk;
    const CollectedFlow flow = metered({talk.from_server(0, 10), talk.from_server(0, 10)})[0];
    for (const char* rate : {"Flow Bytes/s", "Flow Packets/s", "Fwd Packets/s", "Bwd Packets/s"})
        EXPECT_EQ(flow[rate], 0) << rate;
    for (const double value : flow.values) EXPECT_TRUE(std::isfinite(value));
    // Half a second: 20 bytes, 2 packets.
    const CollectedFlow timed = metered({talk.from_server(0, 10), talk.from_server(kS / 2, 10)})[0];
    EXPECT_EQ(timed["Flow Bytes/s"], 40);
    EXPECT_EQ(timed["Flow Packets/s"], 4);
    EXPECT_EQ(timed["Fwd Packets/s"], 4);
    EXPECT_EQ(timed["Bwd Packets/s"], 0);
}

TEST(Traps, T21_WireBytesAreNotPayload) {
    Talk talk;
    decode::Packet padded = talk.from_client(0, 2);
    padded.wire_length = 60;  // Padded by Ethernet.
    const CollectedFlow flow = metered({padded})[0];
    EXPECT_EQ(flow["Total Length of Fwd Packet"], 2);
    EXPECT_EQ(flow.identity.forward_wire_bytes, 60u);
}

TEST(Traps, T22_ASuperFrameIsOnePacket) {
    const Talk talk;
    const CollectedFlow flow = metered({talk.from_client(0, 2), talk.from_client(1, 64'000)})[0];
    EXPECT_EQ(flow["Total Length of Fwd Packet"], 64'002);
    EXPECT_EQ(flow["Fwd Packet Length Max"], 64'000);
    EXPECT_EQ(flow["Total Fwd Packet"], 2);
}

TEST(Traps, T23_HeaderLengthsAddUpBeyond16Bits) {
    const Talk talk;
    Packets packets;
    for (int i = 0; i < 40'000; ++i) {
        packets.push_back(talk.from_client(i));
        packets.back().header_length = i == 7 ? 32 : 60;
    }
    const CollectedFlow flow = metered(packets)[0];
    EXPECT_EQ(flow["Fwd Header Length"], 39'999.0 * 60 + 32);
    EXPECT_EQ(flow["Fwd Seg Size Min"], 32);
    EXPECT_EQ(flow["Bwd Header Length"], 0);
}

TEST(Traps, T23_TransportHeadersOfOthersAreZero) {
    Talk sctp;
    sctp.protocol = decode::ip_protocol::kSctp;
    decode::Packet packet = sctp.from_client(0, 100);
    packet.header_length = 12;
    const CollectedFlow flow = metered({packet})[0];
    EXPECT_EQ(flow["Fwd Header Length"], 0);
    EXPECT_EQ(flow["Total Length of Fwd Packet"], 100);
}

TEST(Traps, T25_StdIsThatOfASample) {
    // Gaps 1, 2, 6 µs: mean 3, squares 4 + 1 + 9 = 14, /2 = 7 (a population would give 14/3).
    const Talk talk;
    const CollectedFlow flow =
        metered({talk.from_client(0), talk.from_client(1), talk.from_client(3), talk.from_client(9)})[0];
    EXPECT_DOUBLE_EQ(flow["Flow IAT Std"], std::sqrt(7.0));
    EXPECT_DOUBLE_EQ(flow["Fwd IAT Std"], std::sqrt(7.0));
    EXPECT_EQ(metered({talk.from_client(0), talk.from_client(9)})[0]["Flow IAT Std"], 0);  // N < 2.
}

TEST(Traps, T27_TimesAreMicrosecondsFlooredFirst) {
    // 999 ns and 1000 ns: floored to 0 and 1 µs, so the gap is 1 µs though only 1 ns passed.
    const Talk talk;
    Packets packets = {talk.from_client(0), talk.from_client(0)};
    packets[0].timestamp += 999;
    packets[1].timestamp += 1000;
    EXPECT_EQ(metered(packets)[0]["Flow Duration"], 1);
    packets[0].timestamp = kStart;
    packets[1].timestamp = kStart + 999;
    EXPECT_EQ(metered(packets)[0]["Flow Duration"], 0);
    EXPECT_EQ(metered({talk.from_client(0), talk.from_client(3 * kMs)})[0]["Flow IAT Max"], 3'000);
}

}  // namespace
}  // namespace flowsift::features
