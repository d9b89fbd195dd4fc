// IPv6 (RFC 8200), its extension headers, and the authentication header (RFC 4302) that IPv4 may have as well.
#include "decode/ip_fragment.h"
#include "decode/ip_protocol.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kHeaderBytes = 40;
constexpr std::uint32_t kFragmentBytes = 8;
constexpr std::uint8_t kHopByHop = 0;

/// An extension header that begins with the next header and its own length; `length` makes bytes of that.
template <class LengthInBytes>
Layer parse_extension(Frame& frame, LengthInBytes length) {
    if (!frame.has(2, Outcome::kMalformedIpv6, Outcome::kTruncatedNetwork)) return Layer::kEnd;
    base::ByteReader ahead = frame.reader;
    const std::uint8_t next = ahead.u8();
    const std::uint32_t bytes = length(ahead.u8());
    if (!frame.has(bytes, Outcome::kMalformedIpv6, Outcome::kTruncatedNetwork)) return Layer::kEnd;
    frame.skip(bytes);
    frame.next_protocol = next;
    return layer_of_ip_protocol(frame);
}

}  // namespace

Layer parse_ipv6(Frame& frame) {
    if (!frame.has(kHeaderBytes, Outcome::kMalformedIpv6, Outcome::kTruncatedNetwork)) return Layer::kEnd;
    if (frame.ip_headers++ == kMostIpHeaders) return frame.end(Outcome::kTooManyTunnels);
    const auto header = frame.reader.fixed<kHeaderBytes>();
    const std::uint32_t payload_length = header.be16<4>();
    frame.next_protocol = header.u8<6>();
    frame.packet.source = base::IpAddress::from_v6(header.bytes<8, 16>());
    frame.packet.destination = base::IpAddress::from_v6(header.bytes<24, 16>());
    if (header.u8<0>() >> 4 != 6) return frame.end(Outcome::kMalformedIpv6);
    // The length of a jumbogram stands in a hop-by-hop option, for which a packet of length 0 has no room otherwise.
    if (payload_length == 0 && frame.next_protocol == kHopByHop) return frame.end(Outcome::kIpv6Jumbogram);
    frame.limit(payload_length);
    note_ip_length(kHeaderBytes + payload_length, frame);
    return layer_of_ip_protocol(frame);
}

Layer parse_ipv6_options(Frame& frame) {
    return parse_extension(frame, [](std::uint32_t units) { return (units + 1) * 8; });
}

Layer parse_authentication(Frame& frame) {
    return parse_extension(frame, [](std::uint32_t units) { return (units + 2) * 4; });
}

Layer parse_ipv6_fragment(Frame& frame) {
    if (!frame.has(kFragmentBytes, Outcome::kMalformedIpv6, Outcome::kTruncatedNetwork)) return Layer::kEnd;
    frame.next_protocol = frame.reader.u8();
    frame.reader.skip(1);  // Reserved.
    const std::uint16_t offset_and_flags = frame.reader.be16();
    const std::uint32_t identification = frame.reader.be32();
    frame.used(kFragmentBytes);
    return layer_of_fragment(identification, offset_and_flags & 0xfff8U, (offset_and_flags & 1U) != 0, frame);
}

}  // namespace flowsift::decode
