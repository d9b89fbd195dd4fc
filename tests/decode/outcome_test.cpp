// The table of outcomes, and the promise that every frame has exactly one.
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"
#include "decode/decoder.h"
#include "packet_builder.h"
#include "tunnel_builder.h"

namespace flowsift::decode {
namespace {

using namespace test;

TEST(Outcome, NamesAreUniqueAndExplained) {
    std::set<std::string_view> names;
    for (const OutcomeInfo& row : outcomes()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string_view::npos)
            << row.name;
        EXPECT_GT(row.help.size(), 3U) << row.name;
        EXPECT_NE(row.help.back(), '.') << row.name;
    }
}

/// Random damage to real frames: the decoder may call them what it likes, but counts each once and stays in its bytes.
TEST(Outcome, EveryFrameIsCountedOnceWhateverItHolds) {
    const Buffer v4 = ipv4({}, tcp({}, bytes(9))), v6 = ipv6({.next_header = 17}, udp(1, 2, bytes(9)));
    const Buffer inner = ethernet(0x0800, v4);
    const Buffer seeds[] = {
        ethernet(0x8100, vlan(1, 0x0800, ipv4({.options = bytes(4, 1)}, tcp({.options = bytes(8, 1)}, bytes(20))))),
        ethernet(0x86dd,
                 ipv6({.next_header = 0}, ipv6_options(44, 0, ipv6_fragment(17, 0, true, 9, udp(1, 2, bytes(9)))))),
        ethernet(60, llc_snap(0, 0x0800, ipv4({.protocol = 1, .fragment_offset = 8}, bytes(30)))),
        ipv4({.protocol = 51}, Buffer{132, 1} + bytes(10) + bytes(30)),
        ethernet(0x8847, mpls({16, 17}, ipv4({.protocol = 47}, gre(0xb000, 0x88be, bytes(12), erspan2(inner))))),
        ethernet(0x0800, ipv4({.protocol = 17}, udp(9, 4789, vxlan(7, ethernet(0x8864, pppoe(ppp(0x57, v6))))))),
        ethernet(0x86dd, ipv6({.next_header = 17}, udp(9, 2152, gtp_u({.extensions = {bytes(2)}}, v4)))),
        ethernet(0x0800, ipv4({.protocol = 17}, udp(9, 3544, teredo_origin(ipv6({.next_header = 41}, v6))))),
        ethernet(0x0800, ipv4({.protocol = 17}, udp(9, 6081, geneve(7, 0x6558, inner, 8)))),
    };
    const capture::LinkType links[] = {
        capture::LinkType::kEthernet, capture::LinkType::kRaw,         capture::LinkType::kNull,
        capture::LinkType::kLoop,     capture::LinkType::kLinuxCooked, capture::LinkType::kLinuxCooked2,
        capture::LinkType::kIpv4,     capture::LinkType::kIpv6,        static_cast<capture::LinkType>(999),
    };
    Decoder decoder(base::HashKey{1, 2});
    base::Random random(7);
    std::uint64_t for_flows = 0;
    constexpr int kFrames = 200'000;
    for (int i = 0; i < kFrames; ++i) {
        Buffer frame = seeds[random.below(std::size(seeds))];
        for (std::uint32_t flips = random.below(4); flips > 0; --flips)
            frame[random.below(static_cast<std::uint32_t>(frame.size()))] =
                static_cast<std::uint8_t>(random.below(256));
        frame.resize(random.below(static_cast<std::uint32_t>(frame.size()) + 1));
        Packet packet;
        const Outcome outcome =
            decoder.decode(raw(frame, links[random.below(std::size(links))], random.below(3000)), packet);
        if (!is_for_flows(outcome)) continue;
        ++for_flows;
        ASSERT_LE(packet.payload.size(), packet.payload_length);
        if (packet.payload.empty()) continue;  // A fragment has none.
        ASSERT_GE(packet.payload.data(), frame.data());
        ASSERT_LE(packet.payload.data() + packet.payload.size(), frame.data() + frame.size());
    }
    EXPECT_EQ(decoder.counters().frames_in(), std::uint64_t{kFrames});
    EXPECT_EQ(decoder.counters().packets_for_flows(), for_flows);
    EXPECT_GT(for_flows, 1'000U);
    EXPECT_GT(decoder.counters().count(Mark::kTunnelled), 500U);
    EXPECT_GT(decoder.counters().count(Mark::kUnfollowedTunnel), 1'000U);
}

}  // namespace
}  // namespace flowsift::decode
