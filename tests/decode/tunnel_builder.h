// Tunnel headers for tests, to go with packet_builder.h: each built from its specification's picture around a payload.
#pragma once

#include "packet_builder.h"

namespace flowsift::decode::test {

/// Labels from the top of the stack down (RFC 3032): label 20 bits, traffic class 3, bottom of stack 1, time to live 8.
inline Buffer mpls(std::initializer_list<std::size_t> labels, const Buffer& payload) {
    Buffer stack;
    for (const std::size_t& label : labels) {
        const bool is_bottom = &label == labels.end() - 1;
        stack = stack + be32(label << 12 | (is_bottom ? 0x100U : 0U) | 64U);
    }
    return stack + payload;
}

/// RFC 2516 section 4: version and type 1, code, session, length.
inline Buffer pppoe(const Buffer& payload, std::uint8_t code = 0, std::optional<std::size_t> length = {}) {
    return Buffer{0x11, code} + be16(0x1234) + be16(length.value_or(payload.size())) + payload;
}
inline Buffer ppp(std::size_t protocol, const Buffer& payload) {
    return be16(protocol) + payload;
}

/// `fields`: checksum, key, sequence number, … as the flags say.
inline Buffer gre(std::size_t flags, std::size_t protocol, const Buffer& fields, const Buffer& payload) {
    return be16(flags) + be16(protocol) + fields + payload;
}

/// draft-foschiano-erspan-03 section 4.2: version 1, VLAN 5, session 3, index 9.
inline Buffer erspan2(const Buffer& payload) {
    return be16(0x1005) + be16(3) + be32(9) + payload;
}
/// Section 4.3: version 2; the frame type (0 Ethernet, 2 IP) and whether a platform's subheader follows.
inline Buffer erspan3(std::size_t frame_type, bool has_subheader, const Buffer& payload) {
    return be16(0x2005) + be16(3) + be32(123'456) + be16(0) + be16(frame_type << 10 | (has_subheader ? 1U : 0U)) +
           bytes(has_subheader ? 8 : 0) + payload;
}

/// RFC 7348 section 5: flags (I), 24 reserved bits, network 24 bits, 8 reserved.
inline Buffer vxlan(std::size_t network, const Buffer& payload, std::uint8_t flags = 0x08) {
    return Buffer{flags, 0, 0, 0} + be32(network << 8) + payload;
}

/// RFC 8926 section 3.4: version 0, length of the options in units of four bytes, flags, type, network, reserved.
inline Buffer geneve(std::size_t network, std::size_t type, const Buffer& payload, std::size_t option_bytes = 0,
                     std::uint8_t flags = 0) {
    return Buffer{static_cast<std::uint8_t>(option_bytes / 4), flags} + be16(type) + be32(network << 8) +
           bytes(option_bytes) + payload;
}

struct GtpU {
    std::size_t endpoint = 0x01020304;
    std::uint8_t message = 0xff;
    bool has_sequence = false;
    std::vector<Buffer> extensions = {};  // Content of each: two bytes more than a multiple of four.
    std::optional<std::size_t> length = {};
};

/// 3GPP TS 29.281 section 5: version 1, flags E and S, message type, length after the first eight bytes, endpoint.
inline Buffer gtp_u(const GtpU& header, const Buffer& payload) {
    constexpr std::uint8_t kPdcpNumber = 0xc0;
    Buffer optional;
    if (header.has_sequence || !header.extensions.empty()) {
        optional = be16(7) + Buffer{0, header.extensions.empty() ? std::uint8_t{0} : kPdcpNumber};
        for (std::size_t i = 0; i < header.extensions.size(); ++i) {
            const Buffer& content = header.extensions[i];
            const bool is_last = i + 1 == header.extensions.size();
            optional = optional + Buffer{static_cast<std::uint8_t>((content.size() + 2) / 4)} + content +
                       Buffer{is_last ? std::uint8_t{0} : kPdcpNumber};
        }
    }
    const auto flags =
        static_cast<std::uint8_t>(0x30 | (header.extensions.empty() ? 0 : 0x04) | (header.has_sequence ? 0x02 : 0));
    return Buffer{flags, header.message} + be16(header.length.value_or(optional.size() + payload.size())) +
           be32(header.endpoint) + optional + payload;
}

/// RFC 4380 section 5.1.1: origin indication (port and address, inverted), and authentication.
inline Buffer teredo_origin(const Buffer& payload) {
    return be16(0) + be16(0x1234) + be32(0xf5fffffe) + payload;
}
inline Buffer teredo_authentication(std::size_t id_bytes, std::size_t value_bytes, const Buffer& payload) {
    return be16(1) + Buffer{static_cast<std::uint8_t>(id_bytes), static_cast<std::uint8_t>(value_bytes)} +
           bytes(id_bytes) + bytes(value_bytes) + bytes(8) + Buffer{0} + payload;
}

}  // namespace flowsift::decode::test
