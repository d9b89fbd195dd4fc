// Checkpoints: how they are written, what a row holds then, and that no later packet leaks in.
#include "features/checkpoint.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "capture_packets.h"
#include "collected_flows.h"
#include "flow_comparison.h"
#include "packet_makers.h"
#include "random_traffic.h"
#include "reference_extractor.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

constexpr AssemblyProfile kHasty{"hasty", 2 * base::kSecond, 7 * base::kSecond, base::kSecond, "for tests"};
constexpr std::int64_t kSecondInMicroseconds = 1'000'000;

std::vector<Checkpoint> checkpoints(std::string_view list) {
    return parse_checkpoints(list).value();
}

std::vector<CollectedFlow> rows_of(const Packets& packets, std::string_view list,
                                   const AssemblyProfile& profile = kProfiles[0]) {
    TestMeter test(profile, {1, 2}, checkpoints(list));
    test.meter.add(packets);
    test.meter.finish();
    return test.collector.rows;
}

/// "8: 3+5" for a checkpoint's row of three forward and five backward packets, "end: 4+5".
std::string text_of(const CollectedFlow& row, std::string_view list) {
    const std::string name =
        row.checkpoint < 0 ? "end" : checkpoints(list).at(static_cast<std::size_t>(row.checkpoint)).name;
    return name + ": " + std::to_string(row.identity.forward_packets) + '+' +
           std::to_string(row.identity.backward_packets);
}

std::vector<std::string> texts_of(const Packets& packets, std::string_view list) {
    std::vector<std::string> texts;
    for (const CollectedFlow& row : rows_of(packets, list)) texts.push_back(text_of(row, list));
    return texts;
}

using Texts = std::vector<std::string>;

TEST(Checkpoints, AreReadAndSortedPacketsFirst) {
    const std::vector<Checkpoint> read = checkpoints("64,1s,8,500ms");
    ASSERT_EQ(read.size(), 4u);
    EXPECT_EQ(read[0].packets, 8u);
    EXPECT_EQ(read[1].packets, 64u);
    EXPECT_EQ(read[2].every, 500 * base::kMillisecond);
    EXPECT_EQ(read[3].every, base::kSecond);
    EXPECT_EQ(read[3].name, "1s");
}

TEST(Checkpoints, OfAScheduleDouble) {
    EXPECT_EQ(to_string(doubled(checkpoints("8,64,1s"))),
              "8,16,32,64,128,256,512,1024,2048,4096,8192,16384,1s*2");
    EXPECT_EQ(to_string(doubled(checkpoints("6000,10,1s*2"))),
              "10,20,40,80,160,320,640,1280,2560,5120,6000,12000,1s*2");
    EXPECT_EQ(to_string(doubled(checkpoints("1s"))), "1s*2");
    EXPECT_EQ(to_string(doubled(checkpoints("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1s"))),
              "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,1s*2");  // No more than there may be.
    EXPECT_EQ(parse_checkpoints("8*2").error().message, "'8*2' is no checkpoint: only a period doubles (1s*2)");
}

TEST(Checkpoints, ThatDoubleAreToldAtOneTwoFourTimesThePeriod) {
    // Packets every 300 ms up to 4.2 s; told at 0.5, 1, 2 and 4 s: with the first 2, 4, 7 and 14 of them.
    Packets packets;
    for (int i = 0; i <= 14; ++i) packets.push_back(Talk().from_client(i * 300'000));
    std::vector<double> told;
    for (const CollectedFlow& row : rows_of(packets, "500ms*2", kProfiles[0]))
        if (row.checkpoint >= 0) told.push_back(row["Total Fwd Packet"]);
    EXPECT_EQ(told, (std::vector<double>{2, 4, 7, 14}));
}

TEST(Checkpoints, ThatMakeNoSenseAreRefused) {
    for (const char* list :
         {"", "0", "-1", "8,", ",8", "8 ", "4294967296", "99999999999999999999", "0s", "3601s", "0ms", "1us", "1.5s",
          "8,8", "1s,1000ms", "1ms,2ms,3ms,4ms,5ms", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"})
        EXPECT_FALSE(parse_checkpoints(list).ok()) << list;
    EXPECT_EQ(parse_checkpoints("8,x").error().message,
              "'x' is no checkpoint: name a number of packets (8) or a period with its unit (1s, 500ms)");
}

TEST(Checkpoints, OfPacketsTellTheRowWithThatPacketAndNoLaterOne) {
    const Talk talk;
    const Packets packets = {talk.from_client(0, 10), talk.from_server(1'000, 20), talk.from_client(5'000, 40),
                             talk.from_client(9'000, 80)};
    const std::vector<CollectedFlow> rows = rows_of(packets, "2,3,9");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(text_of(rows[0], "2,3,9"), "2: 1+1");
    EXPECT_EQ(rows[0]["Flow Duration"], 1'000);
    EXPECT_EQ(rows[0]["Total Length of Fwd Packet"], 10);
    EXPECT_EQ(rows[0].identity.last, kStart + base::kMillisecond);
    EXPECT_EQ(text_of(rows[1], "2,3,9"), "3: 2+1");
    EXPECT_EQ(rows[1]["Total Length of Fwd Packet"], 50);
    EXPECT_EQ(rows[1]["Packet 4 Size"], 0);
    EXPECT_EQ(text_of(rows[2], "2,3,9"), "end: 3+1");  // There is no ninth packet.
    EXPECT_EQ(rows[2]["Total Length of Fwd Packet"], 130);
}

TEST(Checkpoints, OfTimeHoldWhatCameUpToThatMoment) {
    // Packets at 0, 0.4, 1.0 (the very moment), 1.000001 and 2.7 s. At 1 s: three; at 2 s: four; at 3 s: all five.
    const Talk talk;
    Packets packets;
    for (const std::int64_t time : {0, 400'000, 1'000'000, 1'000'001, 2'700'000})
        packets.push_back(talk.from_client(time));
    EXPECT_EQ(texts_of(packets, "1s"), (Texts{"1s: 3+0", "1s: 4+0", "end: 5+0"}));  // The capture ends before 3 s.
    Talk other;
    other.client_port = 5;
    packets.push_back(other.from_client(3'000'000));
    EXPECT_EQ(texts_of(packets, "1s"), (Texts{"1s: 3+0", "1s: 4+0", "1s: 5+0", "end: 5+0", "end: 1+0"}));
}

TEST(Checkpoints, OfAnIdleFlowAreNotToldAgain) {
    // One packet, then the idle timeout of 120 s, which another flow's packet shows: one row at 10 s, none at 20 s.
    Talk other;
    other.client_port = 5;
    const Packets packets = {Talk().from_client(0), other.from_client(300 * kSecondInMicroseconds)};
    EXPECT_EQ(texts_of(packets, "10s"), (Texts{"10s: 1+0", "end: 1+0", "end: 1+0"}));
    // A period beyond the timeout is never reached.
    EXPECT_EQ(texts_of(packets, "121s"), (Texts{"end: 1+0", "end: 1+0"}));
    EXPECT_EQ(texts_of(packets, "120s"), (Texts{"120s: 1+0", "end: 1+0", "end: 1+0"}));  // Its last moment is.
}

TEST(Checkpoints, FireFromTicksWithoutPacketsAndTicksDoNotChangeTheRow) {
    TestMeter test(kProfiles[0], {1, 2}, checkpoints("1s"));
    test.meter.add(Talk().from_client(0, 7));
    test.meter.tick(kStart + base::kSecond);
    EXPECT_TRUE(test.collector.rows.empty());                            // A packet of that moment may still come.
    test.meter.tick(kStart + base::kSecond + 100 * base::kMillisecond);  // A slot of the timers later, none can.
    ASSERT_EQ(test.collector.rows.size(), 1u);
    EXPECT_EQ(test.collector.rows[0]["Total Length of Fwd Packet"], 7);
    EXPECT_EQ(test.collector.rows[0]["Flow Duration"], 0);
    // A packet stamped earlier than the tick is a packet all the same, and belongs to the next row.
    test.meter.add(Talk().from_client(1'050'000, 9));
    test.meter.tick(kStart + 2 * base::kSecond + 100 * base::kMillisecond);
    ASSERT_EQ(test.collector.rows.size(), 2u);
    EXPECT_EQ(test.collector.rows[1]["Flow Duration"], 1'050'000);
}

TEST(Checkpoints, EqualThoseOfThePlainExtractorInTheirOrder) {
    constexpr std::string_view kList = "1,2,5,8,100ms,500ms*2,1s,30s";
    std::array<std::size_t, 8> told{};
    for (std::uint64_t seed = 0; seed < 12 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Packets packets = RandomTraffic(seed).packets(300);
        for (const AssemblyProfile& profile : {kProfiles[0], kProfiles[1], kHasty}) {
            const reference::Extraction plain = reference::extract(packets, profile, checkpoints(kList));
            EXPECT_EQ(first_difference_in_order(rows_of(packets, kList, profile), plain.rows), "");
            for (const CollectedFlow& row : plain.rows)
                if (row.checkpoint >= 0) ++told[static_cast<std::size_t>(row.checkpoint)];
        }
    }
    for (const std::size_t rows : told) EXPECT_GT(rows, 50u);
}

TEST(Checkpoints, DoNotChangeTheRowsOfEnds) {
    const Packets packets = RandomTraffic(77).packets(5'000);
    TestMeter test(kHasty, {1, 2}, checkpoints("3,250ms"));
    test.meter.add(packets);
    test.meter.finish();
    EXPECT_EQ(first_difference(test.collector.flows, metered(packets, kHasty)), "");
}

TEST(Checkpoints, OfRealCapturesEqualThoseOfThePlainExtractor) {
    const auto data = data_folder();
    if (!data) GTEST_SKIP() << "skipped: FLOWSIFT_DATA is not set";
    const Schema schema = find_schema("early+tcp").value();
    std::size_t rows = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*data / "attacks")) {
        if (!entry.path().extension().string().starts_with(".pcap")) continue;
        SCOPED_TRACE(entry.path().filename().string());
        const Packets packets = capture_packets(entry.path());
        if (packets.size() > 20'000) continue;  // The plain extractor counts a flow's packets anew for each row.
        const std::vector<Checkpoint> list = checkpoints("8,1s,10s");
        const reference::Extraction plain = reference::extract(packets, kProfiles[0], list, false);
        TestMeter test(kProfiles[0], {1, 2}, list, schema);
        test.meter.add(packets);
        test.meter.finish();
        EXPECT_EQ(first_difference(test.collector.rows, plain.rows), "");
        rows += plain.rows.size();
    }
    EXPECT_GT(rows, 0u);
}

}  // namespace
}  // namespace flowsift::features
