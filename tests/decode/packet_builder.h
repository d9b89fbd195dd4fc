// Frames for tests, written from outside in: ethernet(0x0800, ipv4({.protocol = 6}, tcp({.source_port = 80},
// bytes(3)))).
//
// Every header is built from the RFC's picture, independently of the decoder. Lengths are right unless a field says
// otherwise; checksums are left 0, because nothing here verifies them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "capture/raw_packet.h"

namespace flowsift::decode::test {

using Buffer = std::vector<std::uint8_t>;

inline Buffer operator+(Buffer front, const Buffer& back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
}

inline Buffer be16(std::size_t value) {
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}
inline Buffer be32(std::size_t value) {
    return be16(value >> 16) + be16(value);
}
inline Buffer bytes(std::size_t count, std::uint8_t value = 0x5a) {
    return Buffer(count, value);
}
inline Buffer address(const std::string& text) {
    const base::IpAddress parsed = base::parse_ip_address(text).value();
    const base::Bytes network = parsed.network();
    return {network.begin(), network.end()};
}

inline Buffer ethernet(std::size_t type_or_length, const Buffer& payload) {
    return bytes(6, 0x02) + bytes(6, 0x04) + be16(type_or_length) + payload;
}

inline Buffer vlan(std::size_t id, std::size_t type, const Buffer& payload, std::size_t priority = 0) {
    return be16(priority << 13 | id) + be16(type) + payload;
}

inline Buffer llc_snap(std::size_t oui, std::size_t protocol, const Buffer& payload) {
    return Buffer{0xaa, 0xaa, 0x03, static_cast<std::uint8_t>(oui >> 16)} + be16(oui) + be16(protocol) + payload;
}

struct Ipv4 {
    std::uint8_t protocol = 6;
    std::string source = "10.0.0.1";
    std::string destination = "10.0.0.2";
    Buffer options = {};
    std::size_t identification = 7;
    std::size_t fragment_offset = 0;  // In bytes.
    bool more_fragments = false;
    std::optional<std::size_t> total_length = {};
    std::optional<std::uint8_t> version_and_length = {};
};

inline Buffer ipv4(const Ipv4& header, const Buffer& payload) {
    const std::size_t header_length = 20 + header.options.size();
    const auto first = static_cast<std::uint8_t>(0x40 | header_length / 4);
    return Buffer{header.version_and_length.value_or(first), 0} +
           be16(header.total_length.value_or(header_length + payload.size())) + be16(header.identification) +
           be16((header.more_fragments ? 0x2000U : 0U) | header.fragment_offset / 8) + Buffer{64, header.protocol} +
           be16(0) + address(header.source) + address(header.destination) + header.options + payload;
}

struct Ipv6 {
    std::uint8_t next_header = 6;
    std::string source = "2001:db8::1";
    std::string destination = "2001:db8::2";
    std::optional<std::size_t> payload_length = {};
};

inline Buffer ipv6(const Ipv6& header, const Buffer& payload) {
    return be32(0x60000000) + be16(header.payload_length.value_or(payload.size())) + Buffer{header.next_header, 64} +
           address(header.source) + address(header.destination) + payload;
}

/// Hop-by-hop, routing or destination options of `units` + 1 times eight bytes.
inline Buffer ipv6_options(std::uint8_t next_header, std::uint8_t units, const Buffer& payload) {
    return Buffer{next_header, units} + bytes(6 + units * 8U, 0) + payload;
}

inline Buffer ipv6_fragment(std::uint8_t next_header, std::size_t offset, bool more, std::size_t identification,
                            const Buffer& payload) {
    return Buffer{next_header, 0} + be16(offset | (more ? 1U : 0U)) + be32(identification) + payload;
}

struct Tcp {
    std::size_t source_port = 40'000;
    std::size_t destination_port = 80;
    std::size_t sequence = 0x01020304;
    std::size_t acknowledgement = 0x0a0b0c0d;
    std::uint8_t flags = 0x18;
    std::size_t window = 0x1234;
    Buffer options = {};
    std::optional<std::uint8_t> data_offset = {};  // In units of four bytes.
};

inline Buffer tcp(const Tcp& header, const Buffer& payload) {
    const std::size_t offset = header.data_offset.value_or(static_cast<std::uint8_t>(5 + header.options.size() / 4));
    return be16(header.source_port) + be16(header.destination_port) + be32(header.sequence) +
           be32(header.acknowledgement) + Buffer{static_cast<std::uint8_t>(offset << 4), header.flags} +
           be16(header.window) + be32(0) + header.options + payload;
}

inline Buffer udp(std::size_t source_port, std::size_t destination_port, const Buffer& payload,
                  std::optional<std::size_t> length = {}) {
    return be16(source_port) + be16(destination_port) + be16(length.value_or(8 + payload.size())) + be16(0) + payload;
}

inline Buffer icmp(std::uint8_t type, std::uint8_t code, std::size_t identifier, const Buffer& payload) {
    return Buffer{type, code} + be16(0) + be16(identifier) + be16(1) + payload;
}

/// The whole frame was captured, unless `original_length` says that the wire had more. Views `frame`.
inline capture::RawPacket raw(const Buffer& frame, capture::LinkType link_type = capture::LinkType::kEthernet,
                              std::size_t original_length = 0, base::Nanoseconds timestamp = 0) {
    capture::RawPacket packet;
    packet.timestamp = timestamp;
    packet.bytes = frame;
    packet.original_length = static_cast<std::uint32_t>(original_length ? original_length : frame.size());
    packet.link_type = link_type;
    return packet;
}

}  // namespace flowsift::decode::test
