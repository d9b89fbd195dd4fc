// IPv4 (RFC 791).
#include "decode/ip_fragment.h"
#include "decode/ip_protocol.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kMinHeaderBytes = 20;
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kOffsetMask = 0x1fff;  // In units of eight bytes.

}  // namespace

Layer parse_ipv4(Frame& frame) {
    if (!frame.has(kMinHeaderBytes, Outcome::kMalformedIpv4, Outcome::kTruncatedNetwork)) return Layer::kEnd;
    if (frame.ip_headers++ == kMostIpHeaders) return frame.end(Outcome::kTooManyTunnels);
    base::ByteReader& reader = frame.reader;
    const std::uint8_t version_and_length = reader.u8();
    const std::uint32_t header_length = (version_and_length & 0x0fU) * 4;
    reader.skip(1);  // Type of service.
    std::uint32_t total_length = reader.be16();
    const std::uint16_t identification = reader.be16();
    const std::uint16_t fragment = reader.be16();
    reader.skip(1);  // Time to live.
    frame.next_protocol = reader.u8();
    reader.skip(2);  // Checksum.
    frame.packet.source = base::IpAddress::from_network(reader.bytes(4));
    frame.packet.destination = base::IpAddress::from_network(reader.bytes(4));

    const bool is_offloaded = total_length == 0;  // Captured before segmentation offload filled it in.
    if (is_offloaded) total_length = frame.length_left;
    if (version_and_length >> 4 != 4 || header_length < kMinHeaderBytes || total_length < header_length)
        return frame.end(Outcome::kMalformedIpv4);
    const std::uint32_t option_length = header_length - kMinHeaderBytes;
    frame.limit(total_length - kMinHeaderBytes);
    if (!frame.has(option_length, Outcome::kMalformedIpv4, Outcome::kTruncatedNetwork)) return Layer::kEnd;
    frame.skip(option_length);
    frame.counters.add(Mark::kOffloadLength, is_offloaded);
    note_ip_length(total_length, frame);
    return layer_of_fragment(identification, (fragment & kOffsetMask) * 8U, (fragment & kMoreFragments) != 0, frame);
}

}  // namespace flowsift::decode
