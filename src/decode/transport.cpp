// TCP (RFC 9293), UDP (RFC 768), SCTP (RFC 9260), ICMP (RFC 792) and ICMPv6 (RFC 4443): the layers that make a flow
// packet.
#include "decode/layer.h"
#include "decode/udp_tunnel.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kTcpMinHeaderBytes = 20;
constexpr std::uint32_t kTcpNeededBytes = 16;  // Up to and including the window; a snap length may cut what follows.
constexpr std::uint32_t kUdpHeaderBytes = 8;
constexpr std::uint32_t kSctpHeaderBytes = 12;
constexpr std::uint32_t kIcmpHeaderBytes = 8;
constexpr std::uint32_t kIcmpV6HeaderBytes = 4;
constexpr std::uint32_t kIcmpNeededBytes = 4;  // Type, code, checksum.
constexpr std::uint32_t kEchoNeededBytes = 8;  // Identifier and sequence number besides.

/// The transport header of `header_length` bytes ends here: what follows is payload.
Layer end_with_payload(std::uint32_t header_length, Frame& frame) {
    frame.packet.payload_length = frame.length_left - header_length;
    frame.packet.payload = frame.reader.rest();
    return frame.end(Outcome::kFlowPacket);
}

void read_ports(Frame& frame) {
    frame.packet.source_port = frame.reader.be16();
    frame.packet.destination_port = frame.reader.be16();
}

Layer parse_icmp_message(Frame& frame, std::uint32_t least_bytes, std::uint8_t echo_request, std::uint8_t echo_reply) {
    if (frame.length_left < least_bytes) return frame.end(Outcome::kMalformedIcmp);
    if (!frame.has(kIcmpNeededBytes, Outcome::kMalformedIcmp, Outcome::kTruncatedTransport)) return Layer::kEnd;
    base::ByteReader ahead = frame.reader;
    Packet& packet = frame.packet;
    packet.icmp_type = ahead.u8();
    packet.icmp_code = ahead.u8();
    packet.is_echo = packet.icmp_type == echo_request || packet.icmp_type == echo_reply;
    if (packet.is_echo) {
        if (!frame.has(kEchoNeededBytes, Outcome::kMalformedIcmp, Outcome::kTruncatedTransport)) return Layer::kEnd;
        ahead.skip(2);  // Checksum.
        packet.echo_identifier = ahead.be16();
    }
    return end_with_payload(0, frame);  // The whole message is payload: ICMP is no transport.
}

}  // namespace

Layer parse_tcp(Frame& frame) {
    if (frame.length_left < kTcpMinHeaderBytes) return frame.end(Outcome::kMalformedTcp);
    if (!frame.has(kTcpNeededBytes, Outcome::kMalformedTcp, Outcome::kTruncatedTransport)) return Layer::kEnd;
    Packet& packet = frame.packet;
    const auto header = frame.reader.fixed<kTcpNeededBytes>();
    packet.source_port = header.be16<0>();
    packet.destination_port = header.be16<2>();
    packet.tcp_sequence = header.be32<4>();
    packet.tcp_acknowledgement = header.be32<8>();
    const std::uint32_t header_length = (header.u8<12>() >> 4) * 4U;
    packet.tcp_flags = header.u8<13>();
    packet.tcp_window = header.be16<14>();
    if (header_length < kTcpMinHeaderBytes || header_length > frame.length_left)
        return frame.end(Outcome::kMalformedTcp);
    packet.header_length = static_cast<std::uint16_t>(header_length);
    frame.reader.skip(std::min<std::size_t>(frame.reader.remaining(), header_length - kTcpNeededBytes));
    return end_with_payload(header_length, frame);
}

Layer parse_udp(Frame& frame) {
    if (!frame.has(kUdpHeaderBytes, Outcome::kMalformedUdp, Outcome::kTruncatedTransport)) return Layer::kEnd;
    const auto header = frame.reader.fixed<kUdpHeaderBytes>();
    frame.packet.source_port = header.be16<0>();
    frame.packet.destination_port = header.be16<2>();
    const std::uint16_t length = header.be16<4>();
    // 0 is legal where the length does not fit (RFC 2675) and where an offload has yet to fill it in.
    if (length != 0 && length < kUdpHeaderBytes) return frame.end(Outcome::kMalformedUdp);
    Packet& packet = frame.packet;
    packet.header_length = kUdpHeaderBytes;
    const Layer tunnel = tunnel_of_ports(packet.source_port, packet.destination_port);
    if (tunnel == Layer::kEnd || frame.options.flow_layer == FlowLayer::kOutermost)
        return end_with_payload(kUdpHeaderBytes, frame);
    base::ByteReader ahead = frame.reader;
    frame.used(kUdpHeaderBytes);
    packet.payload_length = frame.length_left;
    packet.payload = ahead.rest();
    try_udp_tunnel(frame);
    return tunnel;
}

Layer parse_sctp(Frame& frame) {
    if (!frame.has(kSctpHeaderBytes, Outcome::kMalformedSctp, Outcome::kTruncatedTransport)) return Layer::kEnd;
    read_ports(frame);
    frame.reader.skip(8);  // Verification tag and checksum.
    frame.packet.header_length = kSctpHeaderBytes;
    return end_with_payload(kSctpHeaderBytes, frame);
}

Layer parse_icmp(Frame& frame) {
    return parse_icmp_message(frame, kIcmpHeaderBytes, 8, 0);
}

Layer parse_icmpv6(Frame& frame) {
    return parse_icmp_message(frame, kIcmpV6HeaderBytes, 128, 129);
}

}  // namespace flowsift::decode
