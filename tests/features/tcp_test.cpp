// The `tcp` group by hand: what is counted, of which side, and what is not.
#include <gtest/gtest.h>

#include "collected_flows.h"
#include "packet_makers.h"

namespace flowsift::features {
namespace {

using Packets = std::vector<decode::Packet>;

const Talk kTalk;

decode::Packet client(std::int64_t microseconds, int flags, std::uint32_t sequence, std::uint32_t acknowledgement,
                      std::uint32_t payload = 0) {
    decode::Packet packet = with_flags(kTalk.from_client(microseconds, payload), flags);
    packet.tcp_window = 1000;
    return with_numbers(packet, sequence, acknowledgement);
}

decode::Packet server(std::int64_t microseconds, int flags, std::uint32_t sequence, std::uint32_t acknowledgement,
                      std::uint32_t payload = 0) {
    decode::Packet packet = with_flags(kTalk.from_server(microseconds, payload), flags);
    packet.tcp_window = 2000;
    return with_numbers(packet, sequence, acknowledgement);
}

decode::Packet with_window(decode::Packet packet, std::uint16_t window) {
    packet.tcp_window = window;
    return packet;
}

/// Of the one flow that the packets make.
CollectedFlow flow_of(const Packets& packets) {
    std::vector<CollectedFlow> flows = metered(packets);
    EXPECT_EQ(flows.size(), 1u);
    return flows.front();
}

struct Counts {
    double retransmissions, out_of_order, zero_windows, duplicate_acks;
    bool operator==(const Counts&) const = default;
};

Counts counts_of(const CollectedFlow& flow, const std::string& prefix) {
    return {flow[prefix + "Retransmissions"], flow[prefix + "Out Of Order"], flow[prefix + "Zero Windows"],
            flow[prefix + "Duplicate ACKs"]};
}

constexpr Counts kNothing{0, 0, 0, 0};

TEST(TcpHandshake, RoundTripsAreThoseFromTheCapturingPoint) {
    // SYN at 0, SYN+ACK at 30 ms, ACK at 35 ms: 30 ms to the server and back, 5 ms to the client and back.
    const CollectedFlow flow = flow_of({client(0, kSyn, 100, 0), server(30'000, kSyn | kAck, 500, 101),
                                        client(35'000, kAck, 101, 501), client(90'000, kAck, 101, 501, 10)});
    EXPECT_EQ(flow["Fwd Handshake RTT"], 30'000);
    EXPECT_EQ(flow["Bwd Handshake RTT"], 5'000);
    EXPECT_EQ(counts_of(flow, "Fwd "), kNothing);
    EXPECT_EQ(counts_of(flow, "Bwd "), kNothing);
}

TEST(TcpHandshake, RepeatedStepsCountFromTheLatestSynToTheFirstSynAckAndFromTheLatestToTheAck) {
    // SYN at 0 and 1 s; SYN+ACK at 1.02 and 1.5 s; ACK at 1.51 s. 20 ms and 10 ms. One SYN and one SYN+ACK came again.
    const CollectedFlow flow =
        flow_of({client(0, kSyn, 100, 0), client(1'000'000, kSyn, 100, 0), server(1'020'000, kSyn | kAck, 500, 101),
                 server(1'500'000, kSyn | kAck, 500, 101), client(1'510'000, kAck, 101, 501)});
    EXPECT_EQ(flow["Fwd Handshake RTT"], 20'000);
    EXPECT_EQ(flow["Bwd Handshake RTT"], 10'000);
    EXPECT_EQ(flow["Fwd Retransmissions"], 1);
    EXPECT_EQ(flow["Bwd Retransmissions"], 1);
}

TEST(TcpHandshake, WhatWasNotSeenIsZero) {
    const CollectedFlow no_syn = flow_of({server(0, kSyn | kAck, 500, 101), client(7'000, kAck, 101, 501)});
    EXPECT_EQ(no_syn["Fwd Handshake RTT"], 0);
    EXPECT_EQ(no_syn["Bwd Handshake RTT"], 7'000);
    // An answer to another SYN (it acknowledges 99), and an ACK that does not cover the SYN+ACK, are none.
    const CollectedFlow wrong =
        flow_of({client(0, kSyn, 100, 0), server(3'000, kSyn | kAck, 500, 99), client(7'000, kAck, 101, 500)});
    EXPECT_EQ(wrong["Fwd Handshake RTT"], 0);
    EXPECT_EQ(wrong["Bwd Handshake RTT"], 0);
    const CollectedFlow refused = flow_of({client(0, kSyn, 100, 0), server(3'000, kRst | kAck, 0, 101)});
    EXPECT_EQ(refused["Fwd Handshake RTT"], 0);
}

TEST(TcpSegments, SentAgainIsARetransmissionAndWhatFillsAGapIsOutOfOrder) {
    // 100..199, [200..299 overtaken], 300..399, 200..299 late, 300..399 once more, 350..449 half old and half new.
    const CollectedFlow flow =
        flow_of({client(0, kAck, 100, 1, 100), client(10, kAck, 300, 1, 100), client(20, kAck, 200, 1, 100),
                 client(30, kAck, 300, 1, 100), client(40, kAck, 350, 1, 100), client(50, kAck, 450, 1, 100)});
    EXPECT_EQ(counts_of(flow, "Fwd "), (Counts{2, 1, 0, 0}));
    EXPECT_EQ(counts_of(flow, "Bwd "), kNothing);
}

TEST(TcpSegments, AGapIsFilledPieceByPiece) {
    // 0..99, then 400..499: 100..399 are missing. 200..299 fills the middle (1), 100..349 the first and half of the
    // last (2), 340..399 what is left (3), and 340..399 again holds nothing that is missing: a retransmission.
    const CollectedFlow flow =
        flow_of({client(0, kAck, 0, 1, 100), client(1, kAck, 400, 1, 100), client(2, kAck, 200, 1, 100),
                 client(3, kAck, 100, 1, 250), client(4, kAck, 340, 1, 60), client(5, kAck, 340, 1, 60)});
    EXPECT_EQ(counts_of(flow, "Fwd "), (Counts{1, 3, 0, 0}));
}

TEST(TcpSegments, OnlyTheFourLatestGapsAreKnown) {
    // Every second ten of 0..109 is left out: gaps at 10, 30, 50, 70 and 90. The one at 10 has been forgotten.
    Packets packets;
    for (std::uint32_t i = 0; i <= 10; i += 2) packets.push_back(client(i, kAck, i * 10, 1, 10));
    packets.push_back(client(20, kAck, 10, 1, 10));
    packets.push_back(client(21, kAck, 30, 1, 10));
    EXPECT_EQ(counts_of(flow_of(packets), "Fwd "), (Counts{1, 1, 0, 0}));
}

TEST(TcpSegments, NumbersWrapAround) {
    // 50 bytes before 2^32, 50 from it on: 0xffffffce + 100 = 50. Then 50..149, and the first 100 again.
    const CollectedFlow flow =
        flow_of({client(0, kAck, 0xffffffce, 1, 100), client(1, kAck, 50, 1, 100), client(2, kAck, 0xffffffce, 1, 100),
                 client(3, kAck, 160, 1, 10), client(4, kAck, 150, 1, 10)});
    EXPECT_EQ(counts_of(flow, "Fwd "), (Counts{1, 1, 0, 0}));
}

TEST(TcpSegments, AGapIsForgottenOnceTheNumbersAreFarBeyondIt) {
    // 100..199 is missing; 2^30 + 101 numbers on, a window later, its numbers can only be old ones.
    const CollectedFlow flow = flow_of({client(0, kAck, 0, 1, 100), client(1, kAck, 200, 1, 100),
                                        client(2, kAck, (1u << 30) + 100, 1, 101), client(3, kAck, 100, 1, 100)});
    // Of the jump's own gap, 300 up to 2^30 + 100, nothing is filled either.
    EXPECT_EQ(counts_of(flow, "Fwd "), (Counts{1, 0, 0, 0}));
}

TEST(TcpSegments, ACaptureThatBeginsInTheMiddleMissesNothing) {
    // A bare ACK tells where the numbers are; the same number then bears data.
    const CollectedFlow flow = flow_of({client(0, kAck, 7'000, 1), client(1, kAck, 7'000, 1, 10)});
    EXPECT_EQ(counts_of(flow, "Fwd "), kNothing);
}

TEST(TcpSegments, SynAndFinTakeANumberEach) {
    // FIN at 101 takes 101; sent again. Data of the server after its SYN begins at 501.
    const CollectedFlow flow =
        flow_of({client(0, kSyn, 100, 0), server(1, kSyn | kAck, 500, 101), client(2, kAck, 101, 501),
                 server(3, kAck, 501, 101, 20), client(4, kFin | kAck, 101, 521), client(5, kFin | kAck, 101, 521)});
    EXPECT_EQ(counts_of(flow, "Fwd "), (Counts{1, 0, 0, 0}));
    EXPECT_EQ(counts_of(flow, "Bwd "), kNothing);
}

TEST(TcpSegments, KeepAlivesAreNoRetransmissions) {
    // 100..109, acknowledged. Then a byte at 109, and none: both keep alive.
    const CollectedFlow flow =
        flow_of({client(0, kAck, 100, 1, 10), server(1, kAck, 1, 110), client(2'000'000, kAck, 109, 1, 1),
                 server(2'000'001, kAck, 1, 110), client(4'000'000, kAck, 109, 1, 0), server(4'000'001, kAck, 1, 110)});
    EXPECT_EQ(counts_of(flow, "Fwd "), kNothing);
    EXPECT_EQ(counts_of(flow, "Bwd "), kNothing);  // Nothing of the client is on its way: no duplicates.
    // The same byte before its acknowledgement is sent again.
    const CollectedFlow lost =
        flow_of({client(0, kAck, 100, 1, 10), server(1, kAck, 1, 109), client(2, kAck, 109, 1, 1)});
    EXPECT_EQ(counts_of(lost, "Fwd "), (Counts{1, 0, 0, 0}));
}

TEST(TcpAcknowledgements, AreDuplicatesUnderAllFiveConditions) {
    // The client's 100..199 is missing: the server acknowledges 100 three times; the first of them is none.
    const Packets start = {client(0, kAck, 90, 1, 10), server(1, kAck, 1, 100), client(2, kAck, 200, 1, 100)};
    const auto with = [&](const Packets& more) {
        Packets packets = start;
        packets.insert(packets.end(), more.begin(), more.end());
        return flow_of(packets)["Bwd Duplicate ACKs"];
    };
    EXPECT_EQ(with({server(3, kAck, 1, 100), server(4, kAck, 1, 100)}), 2);
    EXPECT_EQ(with({server(3, kAck, 1, 100, 5)}), 0);                        // Bears data.
    EXPECT_EQ(with({server(3, kFin | kAck, 1, 100)}), 0);                    // FIN.
    EXPECT_EQ(with({with_window(server(3, kAck, 1, 100), 1'500)}), 0);       // A window update.
    EXPECT_EQ(with({server(3, kAck, 1, 99)}), 0);                            // An older number.
    EXPECT_EQ(with({server(3, kAck, 1, 300), server(4, kAck, 1, 300)}), 0);  // Nothing is on its way.
}

TEST(TcpWindows, OfZeroCountUnlessSynFinOrRst) {
    const CollectedFlow flow =
        flow_of({with_window(client(0, kSyn, 100, 0), 0), with_window(server(1, kSyn | kAck, 500, 101), 0),
                 with_window(client(2, kAck, 101, 501), 0), with_window(client(3, kAck, 101, 501), 5),
                 with_window(server(4, kAck, 501, 101), 0), with_window(client(5, kFin | kAck, 101, 501), 0),
                 with_window(server(6, kRst, 501, 0), 0)});
    EXPECT_EQ(flow["Fwd Zero Windows"], 1);
    EXPECT_EQ(flow["Bwd Zero Windows"], 1);
}

TEST(TcpGroup, IsZeroForOtherProtocolsAndBlindToLaterFragments) {
    Talk udp;
    udp.protocol = decode::ip_protocol::kUdp;
    const CollectedFlow flow = flow_of({udp.from_client(0, 10), udp.from_client(1, 10), udp.from_server(2)});
    EXPECT_EQ(counts_of(flow, "Fwd "), kNothing);
    EXPECT_EQ(counts_of(flow, "Bwd "), kNothing);
    decode::Packet fragment = client(1, 0, 0, 0, 500);
    fragment.is_later_fragment = true;
    fragment.tcp_window = 0;
    EXPECT_EQ(counts_of(flow_of({client(0, kAck, 100, 1, 10), fragment, client(2, kAck, 110, 1, 10)}), "Fwd "),
              kNothing);
}

}  // namespace
}  // namespace flowsift::features
