#include "flow/flow_key.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

#include "decode/decoder.h"
#include "flow/flow_identity.h"
#include "tests/decode/tunnel_builder.h"

namespace flowsift::flow {
namespace {

decode::Packet packet_between(const char* source, std::uint16_t source_port, const char* destination,
                              std::uint16_t destination_port) {
    decode::Packet packet;
    packet.source = *base::parse_ip_address(source);
    packet.destination = *base::parse_ip_address(destination);
    packet.source_port = source_port;
    packet.destination_port = destination_port;
    packet.protocol = decode::ip_protocol::kTcp;
    return packet;
}

decode::Packet reversed(decode::Packet packet) {
    std::swap(packet.source, packet.destination);
    std::swap(packet.source_port, packet.destination_port);
    return packet;
}

TEST(FlowKey, BothDirectionsGiveOneKeyAndOppositeOrientations) {
    for (const auto& packet :
         {packet_between("10.0.0.1", 1, "10.0.0.2", 2), packet_between("10.0.0.2", 1, "10.0.0.1", 2),
          packet_between("10.0.0.1", 1, "10.0.0.1", 2), packet_between("2001:db8::1", 1, "10.0.0.1", 1)}) {
        const OrientedKey there = oriented_key(packet), back = oriented_key(reversed(packet));
        EXPECT_EQ(there.key, back.key);
        EXPECT_NE(there.from_low, back.from_low);
        EXPECT_EQ(hash_of(there.key, {1, 2}), hash_of(back.key, {1, 2}));
    }
}

TEST(FlowKey, EveryPartTellsFlowsApart) {
    const decode::Packet base = packet_between("10.0.0.1", 1, "10.0.0.2", 2);
    const std::vector<std::function<void(decode::Packet&)>> kChanges = {
        [](decode::Packet&) {},
        [](decode::Packet& p) { p.source = *base::parse_ip_address("10.0.0.3"); },
        [](decode::Packet& p) { p.destination = *base::parse_ip_address("10.0.0.3"); },
        [](decode::Packet& p) { p.source_port = 3; },
        [](decode::Packet& p) { p.destination_port = 3; },
        [](decode::Packet& p) { std::swap(p.source_port, p.destination_port); },  // Ports belong to their ends.
        [](decode::Packet& p) { p.protocol = decode::ip_protocol::kUdp; },
        [](decode::Packet& p) { p.vlan = 1; },
        [](decode::Packet& p) { p.tunnel_id = 1; },
        [](decode::Packet& p) { p.protocol = decode::ip_protocol::kIcmp; },
        [](decode::Packet& p) { p.protocol = decode::ip_protocol::kIcmp, p.is_echo = true; },
        [](decode::Packet& p) { p.protocol = decode::ip_protocol::kIcmp, p.is_echo = true, p.echo_identifier = 1; },
    };
    std::set<FlowKey> keys;
    for (const auto& change : kChanges) {
        decode::Packet packet = base;
        change(packet);
        keys.insert(oriented_key(packet).key);
    }
    EXPECT_EQ(keys.size(), kChanges.size());
}

TEST(FlowKey, IcmpHasNoPortsAndOthersNoEchoIdentifier) {
    decode::Packet a = packet_between("10.0.0.1", 1, "10.0.0.2", 2), b = packet_between("10.0.0.1", 3, "10.0.0.2", 4);
    a.protocol = b.protocol = decode::ip_protocol::kIcmpV6;
    EXPECT_EQ(oriented_key(a).key, oriented_key(b).key);
    decode::Packet c = packet_between("10.0.0.1", 1, "10.0.0.2", 2), d = c;
    d.is_echo = true;  // Stale: the packet is TCP.
    EXPECT_EQ(oriented_key(c).key, oriented_key(d).key);
}

/// The key of the packet that `frame` holds, with the addresses of the tunnel's two ends not in it.
FlowKey key_of(const decode::test::Buffer& frame) {
    decode::Decoder decoder({1, 2});
    decode::Packet packet;
    EXPECT_EQ(decoder.decode(decode::test::raw(frame), packet), decode::Outcome::kFlowPacket);
    return oriented_key(packet).key;
}

/// docs/decisions/0006: each direction has its own endpoint id (GTP-U) or call id (PPTP), but both the same VNI.
TEST(FlowKey, IdsThatEachDirectionChoosesDoNotSplitAConversation) {
    using namespace decode::test;
    const Buffer request =
        ipv4({.protocol = 17, .source = "192.168.0.1", .destination = "192.168.0.2"}, udp(5, 53, {}));
    const Buffer answer = ipv4({.protocol = 17, .source = "192.168.0.2", .destination = "192.168.0.1"}, udp(53, 5, {}));
    const auto gtp = [](std::size_t endpoint, const Buffer& packet) {
        return ethernet(0x0800, ipv4({.protocol = 17}, udp(2152, 2152, gtp_u({.endpoint = endpoint}, packet))));
    };
    EXPECT_EQ(key_of(gtp(1, request)), key_of(gtp(2, answer)));
    const auto pptp = [](std::size_t call, const Buffer& packet) {
        const Buffer content = ppp(0x21, packet);
        const Buffer fields = be16(content.size()) + be16(call) + be32(1);
        return ethernet(0x0800, ipv4({.protocol = 47}, gre(0x3001, 0x880b, fields, content)));
    };
    EXPECT_EQ(key_of(pptp(1, request)), key_of(pptp(2, answer)));
    const auto virtual_network = [](std::size_t network, const Buffer& packet) {
        return ethernet(0x0800, ipv4({.protocol = 17}, udp(9, 4789, vxlan(network, ethernet(0x0800, packet)))));
    };
    EXPECT_EQ(key_of(virtual_network(1, request)), key_of(virtual_network(1, answer)));
    EXPECT_NE(key_of(virtual_network(1, request)), key_of(virtual_network(2, answer)));
}

TEST(FlowKey, TheHashDependsOnTheSecret) {
    const FlowKey key = oriented_key(packet_between("10.0.0.1", 1, "10.0.0.2", 2)).key;
    EXPECT_NE(hash_of(key, {1, 2}), hash_of(key, {1, 3}));
}

TEST(FlowKey, EqualEndsTravelOneWayOnly) {
    const decode::Packet packet = packet_between("10.0.0.1", 5, "10.0.0.1", 5);
    EXPECT_TRUE(oriented_key(packet).from_low);
    EXPECT_TRUE(oriented_key(packet).key.has_equal_ends());
    EXPECT_FALSE(oriented_key(packet_between("10.0.0.1", 5, "10.0.0.1", 6)).key.has_equal_ends());
}

TEST(FlowIdentity, NamesOfReasonsAndProfiles) {
    EXPECT_EQ(to_string(EndReason::kIdle), "idle");
    EXPECT_EQ(to_string(EndReason::kReused), "reused");
    EXPECT_EQ(to_string(EndReason::kShutdown), "shutdown");
    EXPECT_EQ(find_profile("cicflowmeter")->active_timeout, 120 * base::kSecond);
    EXPECT_EQ(find_profile("default")->linger, base::kSecond);
    EXPECT_EQ(find_profile("none"), nullptr);
}

}  // namespace
}  // namespace flowsift::flow
