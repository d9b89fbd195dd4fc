// Of the 27 traps that older flow extractors fell into, those that begin with bytes or end with text: from an Ethernet
// frame to the cell of the CSV. The rest: tests/features/traps_*_test.cpp. Every expected value is worked out by hand.

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "frames.h"

namespace flowsift::app {
namespace {

namespace make = decode::test;
using features::kAck, features::kFin, features::kPsh, features::kRst, features::kSyn, features::kUrg;
using make::operator+;
using test::Buffer;
using test::Extracted;
using test::Frame;
using test::Frames;

/// 2023-11-14 22:13:20 UTC: 19675 days and 80,000 s after 1970 began.
constexpr base::Nanoseconds kTime = (19'675LL * 86'400 + 80'000) * base::kSecond;

/// The whole frame was captured.
Frame captured(const Buffer& bytes, std::int64_t microseconds = 0) {
    return {kTime + microseconds * base::kMicrosecond, bytes, static_cast<std::uint32_t>(bytes.size())};
}

Extracted flows_of(const Frames& frames) {
    return test::extracted(frames, {.workers = 0});
}

using Row = std::map<std::string, std::string>;  ///< Column to cell, as a reader of the CSV sees it.

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    return cells;
}

std::vector<Row> rows_of(const Frames& frames) {
    std::istringstream csv(flows_of(frames).csv);
    std::string line;
    std::getline(csv, line);
    const std::vector<std::string> header = cells_of(line);
    std::vector<Row> rows;
    while (std::getline(csv, line)) {
        const std::vector<std::string> cells = cells_of(line);
        Row row;
        for (std::size_t i = 0; i < header.size() && i < cells.size(); ++i) row[header[i]] = cells[i];
        rows.push_back(row);
    }
    return rows;
}

std::uint64_t counted(const Extracted& found, std::string_view name) {
    const auto count = std::ranges::find(found.summary.other_packets, name, &output::NamedCount::name);
    return count == found.summary.other_packets.end() ? ~std::uint64_t{0} : count->count;
}

TEST(Traps, T09_UnknownProtocolsAreCountedUnderTheirNameAndNeverTcp) {
    // OSPF (89) and an experimental protocol (253), with bytes that would read as ports 0x5a5a.
    const auto frame_of_protocol = [](std::uint8_t protocol) {
        return captured(make::ethernet(0x0800, make::ipv4({.protocol = protocol}, make::bytes(40))));
    };
    const Extracted found = flows_of({frame_of_protocol(89), frame_of_protocol(253), frame_of_protocol(253)});
    EXPECT_EQ(found.flows.size(), 0u);
    EXPECT_EQ(counted(found, "ospf"), 1u);
    EXPECT_EQ(counted(found, "other_ip_protocol"), 2u);
    // A protocol that has flows but no ports keeps its number.
    const auto rows = rows_of({captured(make::ethernet(0x0800, make::ipv4({.protocol = 1}, make::icmp(8, 0, 7, {}))))});
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].at("Flow ID"), "10.0.0.1-10.0.0.2-0-0-1");
    EXPECT_EQ(rows[0].at("Protocol"), "1");
}

/// A request of 100 bytes and its answer of 200, 3 ms apart, over whichever network layer.
template <class Wrap>
Frames exchange(Wrap&& wrap) {
    const auto from_client = [&](std::uint8_t flags, std::size_t window, std::size_t payload) {
        return make::tcp({.flags = flags, .window = window}, make::bytes(payload));
    };
    const auto from_server = [&](std::uint8_t flags, std::size_t window, std::size_t payload) {
        return make::tcp({.source_port = 80, .destination_port = 40'000, .flags = flags, .window = window},
                         make::bytes(payload));
    };
    return {
        captured(wrap(true, from_client(kSyn, 64'000, 0)), 0),
        captured(wrap(false, from_server(kSyn | kAck, 65'000, 0)), 1000),
        captured(wrap(true, from_client(kPsh | kAck, 500, 100)), 2000),
        captured(wrap(false, from_server(kPsh | kUrg | kAck, 600, 200)), 5000),
    };
}

TEST(Traps, T10_Ipv6HasTheUnitsFlagsAndWindowsOfIpv4) {
    const Frames four = exchange([](bool is_forward, const Buffer& segment) {
        return make::ethernet(0x0800, make::ipv4({.source = is_forward ? "10.0.0.1" : "10.0.0.2",
                                                  .destination = is_forward ? "10.0.0.2" : "10.0.0.1"},
                                                 segment));
    });
    const Frames six = exchange([](bool is_forward, const Buffer& segment) {
        return make::ethernet(0x86dd, make::ipv6({.source = is_forward ? "2001:db8::1" : "2001:db8::2",
                                                  .destination = is_forward ? "2001:db8::2" : "2001:db8::1"},
                                                 segment));
    });
    for (const auto& rows : {rows_of(four), rows_of(six)}) {
        ASSERT_EQ(rows.size(), 1u);
        const Row& row = rows[0];
        EXPECT_EQ(row.at("Timestamp"), "2023-11-14 22:13:20.000000");
        EXPECT_EQ(row.at("Flow Duration"), "5000");  // Microseconds.
        EXPECT_EQ(row.at("Flow IAT Max"), "3000");
        EXPECT_EQ(row.at("SYN Flag Count"), "2");
        EXPECT_EQ(row.at("PSH Flag Count"), "2");
        EXPECT_EQ(row.at("URG Flag Count"), "1");
        EXPECT_EQ(row.at("FWD Init Win Bytes"), "64000");
        EXPECT_EQ(row.at("Bwd Init Win Bytes"), "65000");
        EXPECT_EQ(row.at("Total Length of Fwd Packet"), "100");
        EXPECT_EQ(row.at("Total Length of Bwd Packet"), "200");
    }
    EXPECT_EQ(rows_of(six)[0].at("Src IP"), "2001:db8::1");
}

TEST(Traps, T11_ProtocolAndVlanTagsOfTheFrameKeepFlowsApart) {
    // The same addresses and ports six times: untagged TCP twice, UDP, two VLANs, one VLAN within another.
    const Buffer tcp = make::ipv4({}, make::tcp({}, make::bytes(1)));
    const Buffer udp = make::ipv4({.protocol = 17}, make::udp(40'000, 80, make::bytes(2)));
    const auto tagged = [&](std::size_t id, std::size_t type, const Buffer& payload) {
        return make::ethernet(0x8100, make::vlan(id, type, payload));
    };
    const Extracted found = flows_of({
        captured(make::ethernet(0x0800, tcp)),
        captured(make::ethernet(0x0800, udp)),
        captured(tagged(100, 0x0800, tcp)),
        captured(tagged(101, 0x0800, tcp)),
        captured(tagged(100, 0x8100, make::vlan(101, 0x0800, tcp))),
        captured(make::ethernet(0x0800, tcp)),
    });
    ASSERT_EQ(found.flows.size(), 5u);
    std::map<std::pair<int, std::uint32_t>, std::uint64_t> packets;  // By protocol and VLAN.
    for (const auto& flow : found.flows)
        packets[{flow.identity.protocol, flow.identity.vlan}] = flow.identity.forward_packets;
    EXPECT_EQ((packets[{6, 0}]), 2u);  // Only the two that are the same are together.
    EXPECT_EQ((packets[{17, 0}]), 1u);
    EXPECT_EQ((packets[{6, 100}]), 1u);
    EXPECT_EQ((packets[{6, 101}]), 1u);
    EXPECT_EQ((packets[{6, 100 | 101 << 12}]), 1u);  // Outer id in the low twelve bits.
}

TEST(Traps, T14_EachFlagStandsUnderItsOwnHeader) {
    // One direction; flag number k (FIN 0 … CWR 7) is set in k + 1 segments, so that no two columns are equal by
    // chance. RST and FIN come last: a reset flow takes what follows within a second.
    constexpr std::pair<const char*, int> kColumns[] = {
        {"SYN Flag Count", 1}, {"PSH Flag Count", 3}, {"ACK Flag Count", 4}, {"URG Flag Count", 5},
        {"ECE Flag Count", 6}, {"CWR Flag Count", 7}, {"FIN Flag Count", 0}, {"RST Flag Count", 2},
    };
    Frames frames;
    for (const auto& [column, bit] : kColumns)
        for (int i = 0; i <= bit; ++i)
            frames.push_back(captured(
                make::ethernet(0x0800, make::ipv4({}, make::tcp({.flags = static_cast<std::uint8_t>(1 << bit)}, {})))));
    const auto rows = rows_of(frames);
    ASSERT_EQ(rows.size(), 1u);
    for (const auto& [column, bit] : kColumns) EXPECT_EQ(rows[0].at(column), std::to_string(bit + 1)) << column;
    EXPECT_EQ(rows[0].at("Fwd PSH Flags"), "4");
    EXPECT_EQ(rows[0].at("Bwd PSH Flags"), "0");
    EXPECT_EQ(rows[0].at("Fwd URG Flags"), "6");
    EXPECT_EQ(rows[0].at("Fwd RST Flags"), "3");
}

TEST(Traps, T21_EthernetPaddingIsNoPayload) {
    // Ethernet frames have at least 60 bytes (without checksum). An empty segment has 14 + 20 + 20 = 54: six are
    // padding; one with two bytes has 56, so four; UDP over IPv6 with one byte has 14 + 40 + 8 + 1 = 63, but a link
    // may pad all the same.
    const Frames frames = {
        captured(make::ethernet(0x0800, make::ipv4({}, make::tcp({}, {}))) + make::bytes(6, 0)),
        captured(make::ethernet(0x0800, make::ipv4({}, make::tcp({}, make::bytes(2)))) + make::bytes(4, 0)),
        captured(make::ethernet(0x86dd, make::ipv6({.next_header = 17}, make::udp(5, 53, make::bytes(1)))) +
                 make::bytes(9, 0)),
    };
    ASSERT_EQ(frames[0].bytes.size(), 60u);
    ASSERT_EQ(frames[1].bytes.size(), 60u);
    const auto rows = rows_of(frames);
    ASSERT_EQ(rows.size(), 2u);
    const Row& tcp = rows[0].at("Protocol") == "6" ? rows[0] : rows[1];
    const Row& udp = rows[0].at("Protocol") == "6" ? rows[1] : rows[0];
    EXPECT_EQ(tcp.at("Total Length of Fwd Packet"), "2");
    EXPECT_EQ(tcp.at("Fwd Packet Length Min"), "0");
    EXPECT_EQ(tcp.at("Fwd Packet Length Max"), "2");
    EXPECT_EQ(tcp.at("Fwd Act Data Pkts"), "1");
    EXPECT_EQ(udp.at("Total Length of Fwd Packet"), "1");
}

TEST(Traps, T22_SuperFramesAreOnePacketEachAndTheUserIsWarned) {
    // 9,216 bytes is the largest MTU in use. 20 + 20 + 20,000 bytes of IP are more; 20 + 20 + 1,460 are not.
    const Frames frames = {
        captured(make::ethernet(0x0800, make::ipv4({}, make::tcp({}, make::bytes(20'000))))),
        captured(make::ethernet(0x0800, make::ipv4({}, make::tcp({}, make::bytes(1460))))),
    };
    testing::internal::CaptureStderr();
    const Extracted found = flows_of(frames);
    const std::string told = testing::internal::GetCapturedStderr();
    ASSERT_EQ(found.flows.size(), 1u);
    EXPECT_EQ(found.flows[0]["Total Fwd Packet"], 2);
    EXPECT_EQ(found.flows[0]["Fwd Packet Length Max"], 20'000);
    EXPECT_EQ(found.note("super_frames"), 1u);
    EXPECT_THAT(told, testing::HasSubstr("warning: 1 frames are larger than the MTU"));
    EXPECT_THAT(told, testing::HasSubstr("ethtool -K"));

    testing::internal::CaptureStderr();
    flows_of({frames[1]});
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::Not(testing::HasSubstr("MTU")));
}

TEST(Traps, T24_TimestampsTellMorningFromAfternoon) {
    // 2023-11-14 began 19,675 days after 1970: 53 years of 365 days are 19,345, with 13 leap days 19,358; the 14th of
    // November is day 318 of a common year, 317 days after its first: 19,358 + 317 = 19,675.
    const base::Nanoseconds midnight = 19'675LL * 86'400 * base::kSecond;
    const std::pair<base::Nanoseconds, const char*> moments[] = {
        {midnight, "2023-11-14 00:00:00.000000"},
        {midnight + (1 * 3'600 + 2 * 60 + 3) * base::kSecond, "2023-11-14 01:02:03.000000"},
        {midnight + 12 * 3'600 * base::kSecond, "2023-11-14 12:00:00.000000"},
        {midnight + (13 * 3'600 + 2 * 60 + 3) * base::kSecond + 999'999'999, "2023-11-14 13:02:03.999999"},
        {midnight + 86'400 * base::kSecond - 1, "2023-11-14 23:59:59.999999"},
    };
    for (const auto& [time, text] : moments) {
        Frame frame = captured(make::ethernet(0x0800, make::ipv4({}, make::tcp({}, {}))));
        frame.timestamp = time;
        EXPECT_EQ(rows_of({frame})[0].at("Timestamp"), text);
    }
}

TEST(Traps, T26_ClampedTimestampsAreCountedWhereTheUserSeesThem) {
    // The second frame is 60 µs early: it takes the time of the first.
    const Buffer segment = make::ethernet(0x0800, make::ipv4({}, make::tcp({}, {})));
    const Extracted found = flows_of({captured(segment, 100), captured(segment, 40), captured(segment, 110)});
    ASSERT_EQ(found.flows.size(), 1u);
    EXPECT_EQ(found.flows[0]["Flow Duration"], 10);
    EXPECT_EQ(found.note("clamped_timestamps"), 1u);
    EXPECT_THAT(render_run_summary(found.summary, {}), testing::ContainsRegex("clamped_timestamps +1\n"));
}

}  // namespace
}  // namespace flowsift::app
