// Packets built by hand: a sender and a receiver that talk at given times. Times in microseconds since a start.
#pragma once

#include <string_view>

#include "decode/packet.h"

namespace flowsift::features {

inline constexpr base::Nanoseconds kStart = 1'500'000'000 * base::kSecond;

struct Talk {
    base::IpAddress client = *base::parse_ip_address("10.0.0.1");
    base::IpAddress server = *base::parse_ip_address("10.0.0.2");
    std::uint16_t client_port = 40'000;
    std::uint16_t server_port = 80;
    std::uint8_t protocol = decode::ip_protocol::kTcp;

    decode::Packet from_client(std::int64_t microseconds, std::uint32_t payload = 0) const {
        decode::Packet packet;
        packet.timestamp = kStart + microseconds * base::kMicrosecond;
        packet.source = client;
        packet.destination = server;
        packet.source_port = client_port;
        packet.destination_port = server_port;
        packet.protocol = protocol;
        packet.header_length = protocol == decode::ip_protocol::kTcp ? 20 : 8;
        packet.payload_length = payload;
        packet.wire_length = 34u + packet.header_length + payload;
        if (protocol == decode::ip_protocol::kTcp) packet.tcp_flags = decode::tcp_flag::kAck;
        return packet;
    }
    decode::Packet from_server(std::int64_t microseconds, std::uint32_t payload = 0) const {
        decode::Packet packet = from_client(microseconds, payload);
        std::swap(packet.source, packet.destination);
        std::swap(packet.source_port, packet.destination_port);
        return packet;
    }
};

inline constexpr std::uint8_t kFin = decode::tcp_flag::kFin, kSyn = decode::tcp_flag::kSyn,
                              kRst = decode::tcp_flag::kRst, kPsh = decode::tcp_flag::kPsh,
                              kAck = decode::tcp_flag::kAck, kUrg = decode::tcp_flag::kUrg;

inline decode::Packet with_flags(decode::Packet packet, int flags) {
    packet.tcp_flags = static_cast<std::uint8_t>(flags);
    return packet;
}
inline decode::Packet with_numbers(decode::Packet packet, std::uint32_t sequence, std::uint32_t acknowledgement = 0) {
    packet.tcp_sequence = sequence;
    packet.tcp_acknowledgement = acknowledgement;
    return packet;
}

}  // namespace flowsift::features
