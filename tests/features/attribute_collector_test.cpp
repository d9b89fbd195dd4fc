// Attributes of flows: messages in one packet and in many, in order and not, and what happens at the limits.

#include "features/attribute_collector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "features/flow_meter.h"
#include "tests/features/payload_packets.h"

namespace flowsift::features {
namespace {

using namespace decode::test;
using Packets = std::vector<decode::Packet>;

struct Found {
    std::vector<AttributedFlow> flows;
    MeterCounters counters;
    std::size_t memory_bytes = 0;
};

Found found_in(const Packets& packets, std::size_t memory_cap = std::size_t{64} << 20, bool with_attributes = true) {
    AttributeListener listener;
    FlowMeter meter({.hash_key = {1, 2}, .memory_cap_bytes = memory_cap, .with_attributes = with_attributes},
                    cic_schema(), listener);
    for (const decode::Packet& packet : packets) meter.add(packet);
    const std::size_t memory = meter.memory_bytes();
    meter.finish();
    return {listener.flows, meter.counters(), memory};
}

/// Of packets that make one flow.
AttributedFlow flow_of(const Packets& packets) {
    const Found found = found_in(packets);
    EXPECT_EQ(found.flows.size(), 1u);
    return found.flows.at(0);
}

Buffer hello(std::string_view name) {
    return tls_record(client_hello({.extensions = {{server_name(name), alpn({"h2"})}}}));
}
Buffer part(const Buffer& whole, std::size_t begin, std::size_t end) {
    return {whole.begin() + static_cast<std::ptrdiff_t>(begin), whole.begin() + static_cast<std::ptrdiff_t>(end)};
}
Buffer dns_query(std::string_view label) {
    return be16(1) + be16(0x0100) + be16(1) + bytes(6, 0) + vector8(text(label)) + u8(0) + be16(1) + be16(1);
}

Packets joined(Packets packets, const decode::Packet& last) {
    packets.push_back(last);
    return packets;
}

TEST(Attributes, OfAHelloInOneSegment) {
    PayloadTalk talk;
    const AttributedFlow flow = flow_of({talk.syn(99), talk.says(hello("a.example"), 100), talk.hears(bytes(9), 7)});
    EXPECT_EQ(flow.application(), "tls");
    EXPECT_EQ(flow.attributes->server_name(), "a.example");
    EXPECT_EQ(flow.attributes->alpn.view(), "h2");
    EXPECT_TRUE(flow.attributes->has_fingerprint);
}

TEST(Attributes, AreNotThereWhereNotWantedOrNotFound) {
    PayloadTalk talk;
    const Packets packets = {talk.says(hello("a.example"), 100)};
    EXPECT_FALSE(found_in(packets, std::size_t{64} << 20, false).flows.at(0).attributes);
    EXPECT_FALSE(flow_of({talk.says(bytes(100), 1), talk.hears(bytes(100), 1)}).attributes);
    EXPECT_FALSE(flow_of({talk.says({}, 1)}).attributes);
}

TEST(Attributes, SegmentsMayComeInAnyOrder) {
    const Buffer whole = hello("a.example");
    const std::size_t third = whole.size() / 3;
    std::vector<std::size_t> order = {0, 1, 2};
    do {
        for (const std::uint32_t start : {100u, 0xffffffe0u}) {  // The second wraps around within the message.
            PayloadTalk talk;
            Packets packets = {talk.syn(start - 1)};
            for (const std::size_t i : order)
                packets.push_back(talk.says(part(whole, i * third, i == 2 ? whole.size() : (i + 1) * third),
                                            start + static_cast<std::uint32_t>(i * third)));
            EXPECT_EQ(flow_of(packets).name(), "a.example") << order[0] << order[1] << order[2];
        }
    } while (std::ranges::next_permutation(order).found);
}

// Without a SYN the first segment seen is taken for the begin.
TEST(Attributes, AFlowMayBeSeenFromTheMiddleOfItsHandshake) {
    const Buffer whole = hello("a.example");
    PayloadTalk talk;
    EXPECT_EQ(flow_of({talk.says(part(whole, 0, 40), 100), talk.says(part(whole, 40, whole.size()), 140)}).name(),
              "a.example");
    EXPECT_FALSE(
        flow_of({talk.says(part(whole, 40, whole.size()), 140), talk.says(part(whole, 0, 40), 100)}).attributes);
}

TEST(Attributes, DataMayComeWithTheSyn) {
    PayloadTalk talk;
    EXPECT_EQ(flow_of({with_flags(talk.says(hello("a.example"), 99), kSyn)}).name(), "a.example");
}

TEST(Attributes, RetransmissionsAndKeepAlivesChangeNothing) {
    const Buffer whole = hello("a.example");
    Buffer forged = whole;
    std::ranges::replace(forged, std::uint8_t{'a'}, std::uint8_t{'b'});
    PayloadTalk talk;
    // The first copy of a byte counts; a keep-alive repeats the byte before the stream.
    EXPECT_EQ(flow_of({talk.syn(99), talk.says(part(whole, 0, whole.size() - 2), 100), talk.says({0}, 99),
                       talk.says(forged, 100)})
                  .name(),
              "a.example");
}

TEST(Attributes, TheServerMaySpeakFirst) {
    PayloadTalk talk;
    const AttributedFlow flow =
        flow_of({talk.hears(text("220 ready\r\n"), 5), talk.says(text("GET / HTTP/1.1\r\nHost: a.example\r\n"), 1)});
    EXPECT_EQ(flow.application(), "http");
    EXPECT_EQ(flow.name(), "a.example");
}

// Captures that begin with the server's packet take the server for the initiator.
TEST(Attributes, EitherDirectionMayBeTheClients) {
    PayloadTalk talk;
    EXPECT_EQ(flow_of({talk.says({}, 1), talk.hears(hello("a.example"), 1)}).name(), "a.example");
}

TEST(Attributes, ARequestThatNeverEndsIsKnownForWhatItIs) {
    PayloadTalk talk;
    const AttributedFlow flow = flow_of({talk.says(text("GET / HTTP/1.1\r\nX-a: b\r\n"), 1)});
    EXPECT_EQ(flow.application(), "http");
    EXPECT_EQ(flow.name(), "");
    // Nor does one without end take more than 8 KiB: the host that comes behind them is not read.
    PayloadTalk slow;
    Packets packets = {slow.says(text("GET / HTTP/1.1\r\n"), 0)};
    for (std::uint32_t at = 16; at < 8'192; at += 8) packets.push_back(slow.says(text("X-a: b\r\n"), at));
    packets.push_back(slow.says(text("Host: late.example\r\n"), 8'192));
    EXPECT_EQ(flow_of(packets).application(), "http");
    EXPECT_EQ(flow_of(packets).name(), "");
}

TEST(Attributes, OfDatagrams) {
    PayloadTalk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    talk.server_port = 53;
    const AttributedFlow flow = flow_of({talk.says(dns_query("first")), talk.says(dns_query("second"))});
    EXPECT_EQ(flow.application(), "dns");
    EXPECT_EQ(flow.attributes->dns_query(), "first");
    EXPECT_EQ(flow_of({talk.hears(dns_query("answered"))}).name(), "answered");
    // Four datagrams of a direction are tried.
    Packets packets(3, talk.says(bytes(30)));
    EXPECT_EQ(flow_of(joined(packets, talk.says(dns_query("fourth")))).name(), "fourth");
    packets.push_back(packets[0]);
    EXPECT_FALSE(flow_of(joined(packets, talk.says(dns_query("fifth")))).attributes);
}

TEST(Attributes, OfOtherProtocolsAreNotLookedFor) {
    PayloadTalk talk;
    talk.protocol = decode::ip_protocol::kSctp;
    EXPECT_FALSE(flow_of({talk.says(hello("a.example")), talk.says(dns_query("a"))}).attributes);
}

TEST(Attributes, ALaterFragmentOfASegmentHasNoPlace) {
    PayloadTalk talk;
    Packets packets = {talk.says(hello("a.example"), 100)};
    packets[0].is_later_fragment = true;
    EXPECT_FALSE(flow_of(packets).attributes);
}

TEST(Attributes, DoNotPassFromFlowToFlow) {
    Packets packets;
    std::vector<std::unique_ptr<PayloadTalk>> talks;
    // Each closes by RST and lingers for a second, so that the next one finds its place in memory.
    for (int i = 0; i < 20; ++i) {
        auto& talk = *talks.emplace_back(std::make_unique<PayloadTalk>());
        talk.client_port = static_cast<std::uint16_t>(1000 + i);
        packets.push_back(talk.says(i % 2 == 0 ? hello(std::to_string(i)) : bytes(9), 1));
        packets.push_back(with_flags(talk.says({}, 1), kRst));
        for (decode::Packet& packet : std::span(packets).last(2)) packet.timestamp += i * 10 * base::kSecond;
    }
    const Found found = found_in(packets);
    ASSERT_EQ(found.flows.size(), 20u);
    for (const AttributedFlow& flow : found.flows) {
        const int i = flow.identity.source_port - 1000;
        EXPECT_EQ(flow.name(), i % 2 == 0 ? std::to_string(i) : "");
    }
}

/// One flow per number, each with the given begin of a hello; then, in the same order, the rest of it.
Packets begun_and_finished(PayloadTalk& talk, std::size_t flows) {
    const Buffer whole = hello("a.example");
    Packets packets;
    for (const bool is_begin : {true, false}) {
        for (std::size_t i = 0; i < flows; ++i) {
            talk.client_port = static_cast<std::uint16_t>(i);
            talk.client.bytes[14] = static_cast<std::uint8_t>(i >> 16);
            packets.push_back(is_begin ? talk.says(part(whole, 0, 20), 100)
                                       : talk.says(part(whole, 20, whole.size()), 120));
        }
    }
    return packets;
}

// At the smallest cap half a megabyte is for attributes, an eighth of one for buffers of a bit more than 9 KiB:
// about 14.
TEST(Attributes, TheLatestBegunMessagesKeepTheirBuffers) {
    PayloadTalk talk;
    const Found found = found_in(begun_and_finished(talk, 100), flow::kLeastMemoryCap);
    std::vector<std::uint16_t> named;
    for (const AttributedFlow& flow : found.flows)
        if (flow.attributes) named.push_back(flow.identity.source_port);
    std::ranges::sort(named);
    ASSERT_GE(named.size(), 10u);
    ASSERT_LE(named.size(), 14u);
    EXPECT_EQ(named.front(), 100u - named.size());  // The oldest have lost theirs.
    EXPECT_EQ(named.back(), 99u);
    EXPECT_EQ(found.counters.unfinished_messages_dropped, 100u - named.size());
    EXPECT_EQ(found.counters.attributes_not_kept, 0u);
}

TEST(Attributes, ThatFindNoRoomAreCountedAndTheRestIsWhole) {
    PayloadTalk talk;
    talk.protocol = decode::ip_protocol::kUdp;
    talk.server_port = 53;
    Packets packets;
    for (std::uint16_t i = 0; i < 3000; ++i) {
        talk.client_port = i;
        packets.push_back(talk.says(dns_query("a")));
    }
    const std::size_t cap = flow::kLeastMemoryCap + (std::size_t{1} << 21);
    const Found found = found_in(packets, cap);
    EXPECT_EQ(found.flows.size(), 3000u);
    const auto named = std::ranges::count_if(found.flows, [](const auto& flow) { return flow.attributes.has_value(); });
    EXPECT_EQ(named + static_cast<std::ptrdiff_t>(found.counters.attributes_not_kept), 3000);
    EXPECT_GT(named, 1000);
    EXPECT_GT(found.counters.attributes_not_kept, 0u);
    EXPECT_LE(found.memory_bytes, cap);
}

TEST(ReassemblyPool, TheOneThatHasWaitedLongestLosesItsBuffer) {
    ReassemblyPool probe(std::size_t{1} << 20);
    probe.take(0);
    ReassemblyPool pool(3 * probe.bytes());  // For three buffers.
    const auto first = pool.take(10), second = pool.take(11), third = pool.take(12);
    EXPECT_FALSE(first.loser || second.loser || third.loser);
    pool.release(first.index);
    EXPECT_FALSE(pool.take(13).loser);
    EXPECT_EQ(pool.take(14).loser, 11u);
    EXPECT_EQ(pool.take(15).loser, 12u);
    EXPECT_EQ(pool.take(16).loser, 13u);
    EXPECT_LE(pool.bytes(), 3 * probe.bytes());
    EXPECT_FALSE(ReassemblyPool(100).can_take());
}

}  // namespace
}  // namespace flowsift::features
