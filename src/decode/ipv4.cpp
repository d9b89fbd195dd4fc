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
    const auto header = frame.reader.fixed<kMinHeaderBytes>();
    const std::uint8_t version_and_length = header.u8<0>();
    const std::uint32_t header_length = (version_and_length & 0x0fU) * 4;
    std::uint32_t total_length = header.be16<2>();
    const std::uint16_t identification = header.be16<4>();
    const std::uint16_t fragment = header.be16<6>();
    frame.next_protocol = header.u8<9>();
    frame.packet.source = base::IpAddress::from_v4(header.bytes<12, 4>());
    frame.packet.destination = base::IpAddress::from_v4(header.bytes<16, 4>());

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
