// Of the 27 traps that older flow extractors fell into, those of flow assembly: what belongs together, who began, and
// when it is over. The rest: traps_values_test.cpp and tests/app/traps_test.cpp. Every expected value is worked out by
// hand.

#include <gtest/gtest.h>

#include <limits>

#include "collected_flows.h"
#include "packet_makers.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

constexpr std::int64_t kMs = 1'000;  // Microseconds, as the packet makers count.
constexpr std::int64_t kS = 1'000'000;

/// Handshake, one request, one answer, closed by the client. 10 packets, 10 ms apart, sequence numbers as on a wire.
/// Client: SYN 1000, data 1001..1100, FIN 1101. Server: SYN 5000, data 5001..5200, FIN 5201.
Packets whole_session(const Talk& talk, std::int64_t at) {
    return {
        with_flags(with_numbers(talk.from_client(at), 1000), kSyn),
        with_flags(with_numbers(talk.from_server(at + 10 * kMs), 5000, 1001), kSyn | kAck),
        with_numbers(talk.from_client(at + 20 * kMs), 1001, 5001),
        with_flags(with_numbers(talk.from_client(at + 30 * kMs, 100), 1001, 5001), kPsh | kAck),
        with_numbers(talk.from_server(at + 40 * kMs), 5001, 1101),
        with_flags(with_numbers(talk.from_server(at + 50 * kMs, 200), 5001, 1101), kPsh | kAck),
        with_flags(with_numbers(talk.from_client(at + 60 * kMs), 1101, 5201), kFin | kAck),
        with_numbers(talk.from_server(at + 70 * kMs), 5201, 1102),
        with_flags(with_numbers(talk.from_server(at + 80 * kMs), 5201, 1102), kFin | kAck),
        with_numbers(talk.from_client(at + 90 * kMs), 1102, 5202),
    };
}

void append(Packets& packets, const Packets& more) {
    packets.insert(packets.end(), more.begin(), more.end());
}

TEST(Traps, T01_OneFinDoesNotEndTheFlowAndRstDoes) {
    const Talk talk;
    // The server goes on for five seconds after the client's FIN, longer than a flow that has closed would linger.
    Packets session = whole_session(talk, 0);
    for (std::size_t i = 7; i < session.size(); ++i) session[i].timestamp += 5 * base::kSecond;
    const auto flows = metered(session);
    ASSERT_EQ(flows.size(), 1u);  // The last ACK is no orphan flow.
    EXPECT_EQ(flows[0].identity.forward_packets, 5u);
    EXPECT_EQ(flows[0].identity.backward_packets, 5u);
    EXPECT_EQ(flows[0].identity.end_reason, EndReason::kFin);

    Packets reset = whole_session(talk, 0);
    reset.resize(6);
    reset.push_back(with_flags(talk.from_client(60 * kMs), kRst));
    const auto reset_flows = metered(reset);
    ASSERT_EQ(reset_flows.size(), 1u);
    EXPECT_EQ(reset_flows[0].identity.end_reason, EndReason::kRst);
    EXPECT_EQ(reset_flows[0]["RST Flag Count"], 1);
    EXPECT_EQ(reset_flows[0]["Fwd RST Flags"], 1);
    EXPECT_EQ(reset_flows[0]["Bwd RST Flags"], 0);
}

TEST(Traps, T02_TheFinOfEachDirectionCountsOnceAndTheFlowCloses) {
    // The client repeats its FIN: still one side only, so the server's data goes on within the flow, two minutes later.
    const Talk talk;
    Packets packets = whole_session(talk, 0);
    packets.resize(7);
    packets.push_back(with_flags(with_numbers(talk.from_client(65 * kMs), 1101, 5201), kFin | kAck));
    packets.push_back(with_numbers(talk.from_server(100 * kS, 50), 5201, 1102));
    auto flows = metered(packets);
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0].identity.end_reason, EndReason::kShutdown);
    EXPECT_EQ(flows[0]["FIN Flag Count"], 2);
    // Then the server's FIN and the ACK that covers it: closed.
    packets.push_back(with_flags(with_numbers(talk.from_server(100 * kS + 1), 5251, 1102), kFin | kAck));
    packets.push_back(with_numbers(talk.from_client(100 * kS + 2), 1102, 5252));
    EXPECT_EQ(metered(packets)[0].identity.end_reason, EndReason::kFin);
}

TEST(Traps, T02_AnAckThatDoesNotCoverTheSecondFinClosesNothing) {
    const Talk talk;
    Packets packets = whole_session(talk, 0);
    packets.back() = with_numbers(packets.back(), 1102, 5201);  // One short of the server's FIN.
    EXPECT_EQ(metered(packets)[0].identity.end_reason, EndReason::kShutdown);
    packets.back() = with_numbers(talk.from_server(90 * kMs), 5202, 5202);  // Right number, wrong sender.
    EXPECT_EQ(metered(packets)[0].identity.end_reason, EndReason::kShutdown);
}

TEST(Traps, T03_TimeoutsFireThoughTheKeyIsNeverSeenAgain) {
    Talk silent, other;
    silent.protocol = other.protocol = decode::ip_protocol::kUdp;
    other.client_port = 40'001;
    TestMeter test;
    test.meter.add(silent.from_client(0));
    for (std::int64_t second = 1; second <= 120; ++second) test.meter.add(other.from_client(second * kS));
    EXPECT_EQ(test.collector.flows.size(), 0u);  // Not over 120 s yet.
    test.meter.add(other.from_client(121 * kS));
    ASSERT_EQ(test.collector.flows.size(), 1u);
    EXPECT_EQ(test.collector.flows[0].identity.source_port, 40'000);
    EXPECT_EQ(test.collector.flows[0].identity.end_reason, EndReason::kIdle);
    EXPECT_EQ(test.meter.counters().flows_live, 1u);
}

TEST(Traps, T03_TicksDriveTheTimersOfASilentLink) {
    Talk talk;
    TestMeter test;
    test.meter.add(talk.from_client(0));
    test.meter.tick(kStart + 120 * base::kSecond);
    EXPECT_EQ(test.collector.flows.size(), 0u);
    test.meter.tick(kStart + 121 * base::kSecond);
    ASSERT_EQ(test.collector.flows.size(), 1u);
    EXPECT_EQ(test.collector.flows[0]["Flow Duration"], 0);  // The tick is in no feature.
    EXPECT_EQ(test.collector.flows[0].identity.last, kStart);
}

TEST(Traps, T04_AContinuationKeepsTheDirectionOfItsPredecessor) {
    // cicflowmeter profile: cut 120 s after the start. Client packets at 0 and 110 s; at 130 s the *server* speaks
    // first.
    Talk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    const Packets packets = {talk.from_client(0), talk.from_client(110 * kS), talk.from_server(130 * kS, 7),
                             talk.from_client(131 * kS)};
    const auto flows = metered(packets, *find_profile("cicflowmeter"));
    ASSERT_EQ(flows.size(), 2u);
    EXPECT_EQ(flows[0].identity.end_reason, EndReason::kActive);
    EXPECT_EQ(flows[0]["Flow Duration"], 110e6);
    EXPECT_EQ(flows[1].identity.source, talk.client);
    EXPECT_EQ(flows[1]["Total Fwd Packet"], 1);
    EXPECT_EQ(flows[1]["Total Length of Bwd Packet"], 7);
    EXPECT_EQ(flows[1]["Flow Duration"], 1e6);
    EXPECT_EQ(flows[1]["Total TCP Flow Time"], 131e6);  // From the first packet of the dialogue.
    EXPECT_EQ(flows[0]["Total TCP Flow Time"], 110e6);
}

TEST(Traps, T04_AfterTheIdleTimeoutOfThePredecessorTheDialogueIsNew) {
    // Cut at 120 s, last packet at 110 s: 230 s is still within the idle timeout of 120 s, a microsecond later is not.
    Talk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    for (const std::int64_t extra : {0, 1}) {
        const auto flows =
            metered({talk.from_client(0), talk.from_client(110 * kS), talk.from_server(230 * kS + extra)},
                    *find_profile("cicflowmeter"));
        ASSERT_EQ(flows.size(), 2u);
        EXPECT_EQ(flows[1].identity.source, extra == 0 ? talk.client : talk.server);
        EXPECT_EQ(flows[1]["Total TCP Flow Time"], extra == 0 ? 230e6 : 0);
    }
}

TEST(Traps, T05_AFlowFirstSeenWithSynAckWasOpenedByItsReceiver) {
    const Talk talk;
    Packets packets = whole_session(talk, 0);
    std::swap(packets[0], packets[1]);
    std::swap(packets[0].timestamp, packets[1].timestamp);
    packets[0].tcp_window = 777;  // The server's.
    packets[1].tcp_window = 555;
    const auto flows = metered(packets);
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0].identity.source, talk.client);
    EXPECT_EQ(flows[0].identity.destination_port, 80);
    EXPECT_EQ(flows[0]["Total Length of Fwd Packet"], 100);
    EXPECT_EQ(flows[0]["Total Length of Bwd Packet"], 200);
    EXPECT_EQ(flows[0]["FWD Init Win Bytes"], 555);
    EXPECT_EQ(flows[0]["Bwd Init Win Bytes"], 777);
}

TEST(Traps, T06_ASinglePacketIsAFlow) {
    const auto flows = metered({with_flags(Talk().from_client(0), kSyn)});
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0]["Total Fwd Packet"], 1);
    EXPECT_EQ(flows[0]["Subflow Fwd Packets"], 1);  // At least one subflow.
    EXPECT_EQ(flows[0].identity.end_reason, EndReason::kShutdown);
}

TEST(Traps, T07_PortReuseOpensANewFlow) {
    // On an open flow: the same sequence number is a retransmission, another one a new connection.
    const Talk talk;
    const auto syn = [&](std::int64_t at, std::uint32_t number) {
        return with_flags(with_numbers(talk.from_client(at), number), kSyn);
    };
    const auto flows = metered({syn(0, 1000), syn(1 * kS, 1000), syn(2 * kS, 2000), syn(3 * kS, 2000)});
    ASSERT_EQ(flows.size(), 2u);
    EXPECT_EQ(flows[0].identity.end_reason, EndReason::kReused);
    EXPECT_EQ(flows[0]["SYN Flag Count"], 2);
    EXPECT_EQ(flows[1]["SYN Flag Count"], 2);
}

TEST(Traps, T07_ASynOnAClosingFlowOpensANewOneAndStragglersBelongToTheOld) {
    const Talk talk;
    Packets packets = whole_session(talk, 0);                                    // Closed at 90 ms.
    packets.push_back(with_numbers(talk.from_server(500 * kMs), 5202, 1102));    // Straggler within the linger.
    packets.push_back(with_numbers(talk.from_server(1'500 * kMs), 5202, 1102));  // 1 s later, not over: too.
    append(packets, whole_session(talk, 1'600 * kMs));
    const auto flows = metered(packets);
    ASSERT_EQ(flows.size(), 2u);
    EXPECT_EQ(flows[0].identity.backward_packets, 7u);
    EXPECT_EQ(flows[0].identity.end_reason, EndReason::kFin);
    EXPECT_EQ(flows[1].identity.backward_packets, 5u);
    EXPECT_EQ(flows[1].identity.end_reason, EndReason::kFin);
}

TEST(Traps, T07_LatePacketsAfterTheExportAreCountedAndInNoFlow) {
    const Talk talk;
    TestMeter test;
    for (const auto& packet : whole_session(talk, 0)) test.meter.add(packet);  // Last at 90 ms; exported after 1.09 s.
    test.meter.add(talk.from_server(1'091 * kMs));
    EXPECT_EQ(test.meter.counters().late_packets, 1u);
    test.meter.add(talk.from_client(120 * kS + 90 * kMs));  // 120 s after the last packet: not over the idle timeout.
    EXPECT_EQ(test.meter.counters().late_packets, 2u);
    EXPECT_EQ(test.meter.counters().flows_started, 1u);
    test.meter.add(talk.from_client(120 * kS + 90 * kMs + 1));  // Over it: a new flow.
    EXPECT_EQ(test.meter.counters().late_packets, 2u);
    EXPECT_EQ(test.meter.counters().flows_started, 2u);
    test.meter.finish();
    EXPECT_EQ(test.collector.flows[0].identity.forward_packets + test.collector.flows[0].identity.backward_packets,
              10u);
}

TEST(Traps, T07_TheFirstClosingEventFixesTheReason) {
    // RST after the final ACK: still `fin`. FIN after a RST: still `rst`.
    const Talk talk;
    Packets packets = whole_session(talk, 0);
    packets.push_back(with_flags(talk.from_client(95 * kMs), kRst));
    EXPECT_EQ(metered(packets)[0].identity.end_reason, EndReason::kFin);
    packets = whole_session(talk, 0);
    packets.insert(packets.begin() + 6, with_flags(talk.from_client(55 * kMs), kRst));
    ASSERT_EQ(metered(packets).size(), 1u);
    EXPECT_EQ(metered(packets)[0].identity.end_reason, EndReason::kRst);
}

decode::Packet icmp(const Talk& talk, bool from_client, std::int64_t at, int type, int code) {
    decode::Packet packet = from_client ? talk.from_client(at, 56) : talk.from_server(at, 56);
    packet.protocol = decode::ip_protocol::kIcmp;
    packet.source_port = packet.destination_port = 0;
    packet.header_length = 0;
    packet.tcp_flags = 0;
    packet.icmp_type = static_cast<std::uint8_t>(type);
    packet.icmp_code = static_cast<std::uint8_t>(code);
    packet.is_echo = type == 8 || type == 0;
    return packet;
}

TEST(Traps, T08_EchoRequestAndReplyAreOneFlowAndIdentifiersKeepPingsApart) {
    const Talk talk;
    Packets packets = {icmp(talk, true, 0, 8, 0), icmp(talk, false, 5, 0, 0), icmp(talk, true, 10, 8, 0),
                       icmp(talk, true, 20, 3, 3)};
    packets[0].echo_identifier = packets[1].echo_identifier = 7;
    packets[2].echo_identifier = 8;
    const auto flows = metered(packets);
    ASSERT_EQ(flows.size(), 3u);  // Ping 7 with its reply, ping 8, the unreachable message.
    EXPECT_EQ(flows[0]["Total Fwd Packet"], 1);
    EXPECT_EQ(flows[0]["Total Bwd packets"], 1);
    EXPECT_EQ(flows[0]["ICMP Type"], 8);  // Of the first packet; a reply of another type does not split.
    EXPECT_EQ(flows[0]["ICMP Code"], 0);
    EXPECT_EQ(flows[2]["ICMP Type"], 3);
    EXPECT_EQ(flows[2]["ICMP Code"], 3);
    EXPECT_EQ(flows[2].identity.icmp_code, 3);
    EXPECT_EQ(flows[0]["Packet Length Max"], 0);  // As published: no payload length for ICMP.
    EXPECT_EQ(metered({Talk().from_client(0)})[0]["ICMP Type"], -1);
}

TEST(Traps, T08_OtherMessagesAreOneFlowWhateverTheirTypeAndCode) {
    // Port unreachable; another code of that type; another type with the first one's code: neither difference splits.
    const Talk talk;
    const auto flows = metered({icmp(talk, true, 0, 3, 3), icmp(talk, true, 10, 3, 1), icmp(talk, false, 20, 11, 3)});
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0]["Total Fwd Packet"], 2);
    EXPECT_EQ(flows[0]["Total Bwd packets"], 1);
    EXPECT_EQ(flows[0]["ICMP Type"], 3);
    EXPECT_EQ(flows[0]["ICMP Code"], 3);
}

TEST(Traps, T09_UnknownProtocolsKeepTheirNumber) {
    Talk talk;
    talk.protocol = 89;
    decode::Packet packet = talk.from_client(0, 44);
    packet.source_port = packet.destination_port = 0;
    const auto flows = metered({packet});
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0].identity.protocol, 89);
    EXPECT_EQ(flows[0]["Protocol"], 89);
    EXPECT_EQ(flows[0]["Total Length of Fwd Packet"], 0);
    EXPECT_EQ(flows[0]["Fwd Header Length"], 0);
    EXPECT_EQ(flows[0].identity.icmp_type, -1);
}

TEST(Traps, T10_Ipv6FlowsAreMeasuredLikeIpv4) {
    Talk four, six;
    six.client = *base::parse_ip_address("2001:db8::1");
    six.server = *base::parse_ip_address("2001:db8::2");
    EXPECT_EQ(metered(whole_session(four, 0))[0].values, metered(whole_session(six, 0))[0].values);
}

TEST(Traps, T11_ProtocolVlanAndTunnelArePartOfTheKey) {
    Talk tcp, udp;
    udp.protocol = decode::ip_protocol::kUdp;
    Packets packets = {tcp.from_client(0), udp.from_client(1), tcp.from_client(2), tcp.from_client(3),
                       tcp.from_server(4)};
    packets[2].vlan = 100;
    packets[3].tunnel_id = 100;
    const auto flows = metered(packets);
    ASSERT_EQ(flows.size(), 4u);  // Only the last packet finds the flow of the first.
    EXPECT_EQ(flows[0]["Total Bwd packets"], 1);
    EXPECT_EQ(flows[2].identity.vlan, 100u);
    EXPECT_EQ(flows[3].identity.tunnel_id, 100u);
}

TEST(Traps, T26_MisorderedPacketsNeverGiveNegativeTimes) {
    const Talk talk;
    TestMeter test;
    for (const std::int64_t at : {100, 40, 90, 110}) test.meter.add(talk.from_client(at));
    test.meter.finish();
    const CollectedFlow& flow = test.collector.flows[0];
    EXPECT_EQ(flow["Flow Duration"], 10);  // 100, 100, 100, 110.
    EXPECT_EQ(flow["Flow IAT Min"], 0);
    EXPECT_EQ(flow["Flow IAT Max"], 10);
    EXPECT_EQ(test.meter.counters().clamped_timestamps, 2u);
}

TEST(Traps, T26_AnAbsurdJumpForwardIsHeldBackUntilConfirmed) {
    const Talk talk;
    const std::int64_t kHours = 3'600 * kS;
    // One packet from next year: it takes the latest time, and nothing expires.
    TestMeter glitch;
    for (const std::int64_t at : {std::int64_t{0}, 8'760 * kHours, std::int64_t{50}})
        glitch.meter.add(talk.from_client(at));
    glitch.meter.finish();
    ASSERT_EQ(glitch.collector.flows.size(), 1u);
    EXPECT_EQ(glitch.collector.flows[0]["Flow Duration"], 50);
    EXPECT_EQ(glitch.collector.flows[0]["Total Fwd Packet"], 3);
    EXPECT_EQ(glitch.meter.counters().held_back_jumps, 1u);
    EXPECT_EQ(glitch.meter.counters().clamped_timestamps, 0u);
    // A night of silence: the next packet confirms it, and both keep their times.
    TestMeter night;
    for (const std::int64_t at : {std::int64_t{0}, 8 * kHours, 8 * kHours + 7}) night.meter.add(talk.from_client(at));
    night.meter.finish();
    ASSERT_EQ(night.collector.flows.size(), 2u);
    EXPECT_EQ(night.collector.flows[0].identity.end_reason, EndReason::kIdle);
    EXPECT_EQ(night.collector.flows[1].identity.first, kStart + 8 * 3'600 * base::kSecond);
    EXPECT_EQ(night.collector.flows[1]["Flow Duration"], 7);
    EXPECT_EQ(night.meter.counters().held_back_jumps, 0u);
    // Exactly an hour is no jump.
    TestMeter hour;
    hour.meter.add(talk.from_client(0));
    hour.meter.add(talk.from_client(kHours));
    EXPECT_EQ(hour.meter.counters().packets, 2u);
}

TEST(Traps, T26_ATimestampOfAnotherMillenniumIsClampedAndCounted) {
    TestMeter test;
    decode::Packet packet = Talk().from_client(0);
    packet.timestamp = std::numeric_limits<base::Nanoseconds>::max();  // 2262; a damaged file may have it.
    test.meter.add(packet);
    test.meter.add(packet);
    test.meter.finish();
    ASSERT_EQ(test.collector.flows.size(), 1u);
    EXPECT_EQ(test.collector.flows[0]["Flow Duration"], 0);
    EXPECT_EQ(test.meter.counters().clamped_timestamps, 2u);
}

TEST(Traps, TheCicFlowMeterProfileCutsAFlow120SecondsAfterItsStart) {
    Talk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    Packets packets;
    for (std::int64_t second = 0; second <= 240; second += 30) packets.push_back(talk.from_client(second * kS));
    EXPECT_EQ(metered(packets).size(), 1u);
    // 0…120 s belong together (120 is not over), then 150…240.
    const auto flows = metered(packets, *find_profile("cicflowmeter"));
    ASSERT_EQ(flows.size(), 2u);
    EXPECT_EQ(flows[0]["Total Fwd Packet"], 5);
    EXPECT_EQ(flows[1]["Total Fwd Packet"], 4);
}

TEST(Traps, LaterFragmentsArePacketsWithoutHeader) {
    Talk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    Packets packets = {talk.from_client(0, 1472), talk.from_client(1, 500)};
    packets[1].is_later_fragment = true;
    packets[1].header_length = 0;
    const CollectedFlow flow = metered(packets)[0];
    EXPECT_EQ(flow["Total Fwd Packet"], 2);
    EXPECT_EQ(flow["Total Length of Fwd Packet"], 1972);
    EXPECT_EQ(flow["Fwd Header Length"], 8);
}

TEST(Traps, EndsThatAreTheSameHaveOnlyAForwardDirection) {
    Talk land;
    land.server = land.client;
    land.server_port = land.client_port;
    const auto flows = metered({with_flags(land.from_client(0), kSyn | kAck), land.from_server(1)});
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0]["Total Fwd Packet"], 2);
}

}  // namespace
}  // namespace flowsift::features
