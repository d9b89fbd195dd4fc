#include "decode/verification.h"

#include "decode/checksum.h"
#include "decode/udp_tunnel.h"

namespace flowsift::decode {
namespace {

constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint32_t kIpv4MinBytes = 20;
constexpr std::uint32_t kUdpBytes = 8;

base::Bytes all_bytes(const Frame& frame) {
    base::ByteReader ahead = frame.reader;
    return ahead.rest();
}

/// The message that the transport's checksum covers; empty if it is shorter than its header, which the parser will say,
/// or not here as a whole, which is counted.
base::Bytes whole_message(std::uint32_t header_bytes, Frame& frame) {
    const base::Bytes message = all_bytes(frame);
    if (message.size() < header_bytes) return {};
    if (frame.is_checkable && !frame.is_fragment && message.size() == frame.length_left) return message;
    frame.counters.add(Mark::kUnverifiableChecksum);
    return {};
}

/// The pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1) and `message`.
bool is_right_with_addresses(base::Bytes message, const Packet& packet) {
    InternetSum sum;
    sum.add(packet.source.network());
    sum.add(packet.destination.network());
    sum.add(packet.protocol);
    sum.add(static_cast<std::uint32_t>(message.size()));
    sum.add(message);
    return sum.is_right();
}

void verify_with_addresses(std::uint32_t header_bytes, Mark mark, Frame& frame) {
    const base::Bytes message = whole_message(header_bytes, frame);
    if (!message.empty()) frame.counters.add(mark, !is_right_with_addresses(message, frame.packet));
}

}  // namespace

void verify_ipv4(Frame& frame) {
    base::ByteReader ahead = frame.reader;
    const std::uint32_t version_and_length = ahead.u8();
    ahead.skip(1);  // Type of service.
    const bool is_offloaded = ahead.be16() == 0;
    const std::uint32_t header_bytes = (version_and_length & 0x0fU) * 4;
    frame.is_checkable = header_bytes == kIpv4MinBytes && !is_offloaded;
    if (version_and_length >> 4 != 4 || header_bytes < kIpv4MinBytes) return;
    base::ByteReader start = frame.reader;
    InternetSum sum;
    sum.add(start.bytes(header_bytes));
    if (start.ok()) frame.counters.add(Mark::kBadIpChecksum, !sum.is_right());
}

void verify_ipv6(Frame& frame) {
    frame.is_checkable = true;
}

void verify_ipv6_options(Frame& frame) {
    if (frame.next_protocol == kRouting || frame.next_protocol == kDestinationOptions) frame.is_checkable = false;
}

void verify_tcp(Frame& frame) {
    verify_with_addresses(20, Mark::kBadTcpChecksum, frame);
}

void verify_udp(Frame& frame) {
    const base::Bytes message = whole_message(kUdpBytes, frame);
    if (message.empty()) return;
    base::ByteReader reader(message);
    const std::uint16_t source = reader.be16(), destination = reader.be16(), length = reader.be16();
    if (reader.be16() == 0) {
        const bool may_lack = frame.packet.source.is_v4() || tunnel_of_ports(source, destination) != Layer::kEnd;
        return frame.counters.add(Mark::kBadUdpChecksum, !may_lack);
    }
    if (length < kUdpBytes || length > message.size()) return frame.counters.add(Mark::kUnverifiableChecksum);
    frame.counters.add(Mark::kBadUdpChecksum, !is_right_with_addresses(message.first(length), frame.packet));
}

void verify_icmp(Frame& frame) {
    const base::Bytes message = whole_message(8, frame);
    if (message.empty()) return;
    InternetSum sum;
    sum.add(message);
    frame.counters.add(Mark::kBadIcmpChecksum, !sum.is_right());
}

void verify_icmpv6(Frame& frame) {
    verify_with_addresses(4, Mark::kBadIcmpV6Checksum, frame);
}

void verify_sctp(Frame& frame) {
    const base::Bytes message = whole_message(12, frame);
    if (message.empty()) return;
    constexpr std::array<std::uint8_t, 4> kZero{};  // In place of the checksum.
    base::ByteReader reader(message);
    Crc32c crc;
    crc.add(reader.bytes(8));
    const std::uint32_t sent = reader.le32();
    crc.add(kZero);
    crc.add(reader.rest());
    frame.counters.add(Mark::kBadSctpChecksum, crc.value() != sent);
}

}  // namespace flowsift::decode
