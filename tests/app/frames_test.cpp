// The frames that tests make of packets decode to those packets: what is built on them stands on its feet.

#include "frames.h"

#include "decode/decoder.h"
#include "flow/flow_key.h"

namespace flowsift::app::test {
namespace {

TEST(Frames, DecodeToThePacketsThatTheyWereMadeOf) {
    std::size_t compared = 0;
    for (const decode::Packet& packet : features::RandomTraffic(1).packets(3000)) {
        if (packet.protocol == 47 || packet.is_later_fragment) continue;  // No flow, or none without its first.
        const Frame frame = frame_of(packet);
        decode::Decoder decoder;
        decode::Packet decoded;
        const auto outcome =
            decoder.decode({frame.timestamp, frame.bytes, frame.original_length, frame.link_type}, decoded);
        ASSERT_EQ(outcome, decode::Outcome::kFlowPacket) << int{packet.protocol};
        EXPECT_EQ(decoded.timestamp, packet.timestamp);
        EXPECT_EQ(decoded.source, packet.source);
        EXPECT_EQ(decoded.destination, packet.destination);
        EXPECT_EQ(decoded.protocol, packet.protocol);
        EXPECT_EQ(decoded.vlan, packet.vlan);
        EXPECT_EQ(decoded.tcp_flags, packet.tcp_flags);
        EXPECT_EQ(decoded.tcp_window, packet.tcp_window);
        EXPECT_EQ(decoded.tcp_sequence, packet.tcp_sequence);
        EXPECT_EQ(decoded.is_echo, packet.is_echo && flow::oriented_key(packet).key.is_icmp());
        if (packet.protocol == decode::ip_protocol::kTcp || packet.protocol == decode::ip_protocol::kUdp) {
            EXPECT_EQ(decoded.source_port, packet.source_port);
            EXPECT_EQ(decoded.header_length, packet.header_length);
            EXPECT_EQ(decoded.payload_length, packet.payload_length);
        }
        ++compared;
    }
    EXPECT_GT(compared, 2000u);
}

}  // namespace
}  // namespace flowsift::app::test
