// Ethernet: the frame header, VLAN tags, and IEEE 802.2 LLC with SNAP in frames that bear a length instead of a type.
#include "decode/ethertype.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kAddressBytes = 12;  // Destination and source.
constexpr std::uint32_t kHeaderBytes = 14;
constexpr std::uint32_t kVlanBytes = 4;
constexpr std::uint32_t kLlcBytes = 3;
constexpr std::uint32_t kSnapBytes = 5;
constexpr std::uint16_t kVlanIdMask = 0x0fff;

constexpr std::uint8_t kSapSnap = 0xaa;
constexpr std::uint32_t kOuiEthernet = 0x000000;
constexpr std::uint32_t kOuiBridgeTunnel = 0x0000f8;  // IEEE 802.1H
constexpr std::uint32_t kOuiCisco = 0x00000c;
constexpr std::uint16_t kCiscoSpanningTree = 0x010b;  // PVST+

Layer layer_of_type_or_length(std::uint16_t value, Frame& frame) {
    if (value >= kFirstEthertype) return layer_of_ethertype(value, frame);
    if (value > kLargestFrameLength) return frame.end(Outcome::kMalformedLink);
    return Layer::kLlc;
}

Layer parse_snap(Frame& frame) {
    if (!frame.has_of_link(kSnapBytes)) return Layer::kEnd;
    const std::uint32_t oui = static_cast<std::uint32_t>(frame.reader.u8()) << 16 | frame.reader.be16();
    const std::uint16_t protocol = frame.reader.be16();
    frame.used(kSnapBytes);
    if ((oui == kOuiEthernet || oui == kOuiBridgeTunnel) && protocol >= kFirstEthertype)
        return layer_of_ethertype(protocol, frame);
    if (oui == kOuiCisco)
        return frame.end(protocol == kCiscoSpanningTree ? Outcome::kSpanningTree : Outcome::kCiscoProtocol);
    return frame.end(Outcome::kOtherLlc);
}

Outcome outcome_of_sap(std::uint8_t sap) {
    switch (sap) {
        case 0x42:
            return Outcome::kSpanningTree;
        case 0xe0:
        case 0xff:  // Novell's "raw" 802.3 frames: the checksum field of IPX stands where LLC would.
            return Outcome::kIpx;
        case 0xf0:
            return Outcome::kNetbios;
        case 0xfe:
            return Outcome::kIsoRouting;
        default:
            return Outcome::kOtherLlc;
    }
}

}  // namespace

Layer parse_ethernet(Frame& frame) {
    if (!frame.has_of_link(kHeaderBytes)) return Layer::kEnd;
    const auto header = frame.reader.fixed<kHeaderBytes>();
    frame.used(kHeaderBytes);
    return layer_of_type_or_length(header.be16<kAddressBytes>(), frame);
}

Layer parse_vlan(Frame& frame) {
    if (!frame.has_of_link(kVlanBytes)) return Layer::kEnd;
    const std::uint32_t id = frame.reader.be16() & kVlanIdMask;
    const std::uint16_t type = frame.reader.be16();
    frame.used(kVlanBytes);
    // The two outer tags name the network; further ones are passed over.
    if (frame.vlan_tags < 2) frame.packet.vlan |= id << (12 * frame.vlan_tags);
    ++frame.vlan_tags;
    return layer_of_type_or_length(type, frame);
}

Layer parse_llc(Frame& frame) {
    if (!frame.has_of_link(kLlcBytes)) return Layer::kEnd;
    const std::uint8_t destination_sap = frame.reader.u8();
    frame.reader.skip(2);  // Source SAP and control.
    frame.used(kLlcBytes);
    if (destination_sap == kSapSnap) return parse_snap(frame);
    return frame.end(outcome_of_sap(destination_sap));
}

}  // namespace flowsift::decode
