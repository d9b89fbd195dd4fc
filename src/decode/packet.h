// Packet: what the flow engine needs to know of one frame. Filled by decode/decoder.h, read by flow and features.
//
// A plain value without ownership; `payload` views the capture buffer, or the decoder's until the next batch begins.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/time.h"

namespace flowsift::decode {

/// IANA protocol numbers that flowsift treats specially.
namespace ip_protocol {
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kIcmpV6 = 58;
inline constexpr std::uint8_t kSctp = 132;
}  // namespace ip_protocol

/// TCP flags as in byte 13 of the header (RFC 9293 section 3.1).
namespace tcp_flag {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
inline constexpr std::uint8_t kUrg = 0x20;
inline constexpr std::uint8_t kEce = 0x40;
inline constexpr std::uint8_t kCwr = 0x80;
}  // namespace tcp_flag

struct Packet {
    base::Nanoseconds timestamp = 0;
    base::IpAddress source;
    base::IpAddress destination;
    std::uint16_t source_port = 0;  ///< 0 where the protocol has none.
    std::uint16_t destination_port = 0;
    std::uint8_t protocol = 0;  ///< IANA number of the transport (after IPv6 extension headers).
    std::uint8_t tcp_flags = 0;
    std::uint16_t tcp_window = 0;  ///< As on the wire, unscaled.
    std::uint32_t tcp_sequence = 0;
    std::uint32_t tcp_acknowledgement = 0;
    std::uint16_t header_length = 0;    ///< Transport header, bytes: TCP data offset x 4, UDP 8, SCTP 12, others 0.
    bool is_later_fragment = false;     ///< Non-first IP fragment: ports come from its first fragment.
    std::uint32_t payload_length = 0;   ///< Transport payload on the wire from the IP header's lengths, bytes; for ICMP
                                        ///< and later fragments all of the IP payload.
    std::uint32_t wire_length = 0;      ///< The whole frame's original length, bytes.
    std::uint32_t vlan = 0;             ///< Outer VLAN id in the low 12 bits, inner in the next 12; 0 = untagged.
    std::uint32_t tunnel_id = 0;        ///< VNI or GRE key of the innermost tunnel that has one; 0 = none.
    std::uint16_t echo_identifier = 0;  ///< Of ICMP/ICMPv6 echo request and reply.
    bool is_echo = false;               ///< echo_identifier is meaningful.
    std::uint8_t icmp_type = 0;         ///< Meaningful where protocol is kIcmp or kIcmpV6.
    std::uint8_t icmp_code = 0;
    /// The captured part of the transport payload (may be shorter than it was). Of a fragmented datagram: nothing with
    /// each fragment, but with the one that completes it the payload of the whole datagram (Options::reassemble).
    base::Bytes payload;

    bool has_flag(std::uint8_t flags) const { return (tcp_flags & flags) != 0; }
};

}  // namespace flowsift::decode
