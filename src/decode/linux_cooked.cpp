// Linux cooked capture, versions 1 and 2 (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html, …_SLL2.html): what the "any"
// interface gives. The protocol field is an ethertype, or a small number for frames that have none.
#include "decode/ethertype.h"
#include "decode/layer.h"

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kVersion1Bytes = 16;
constexpr std::uint32_t kVersion2Bytes = 20;
constexpr std::uint16_t kNovellRaw = 0x0001;  // ETH_P_802_3
constexpr std::uint16_t kLlc = 0x0004;        // ETH_P_802_2

Layer layer_of_protocol(std::uint16_t protocol, Frame& frame) {
    if (protocol == kLlc) return Layer::kLlc;
    if (protocol == kNovellRaw) return frame.end(Outcome::kIpx);
    return layer_of_ethertype(protocol, frame);
}

}  // namespace

Layer parse_linux_cooked(Frame& frame) {
    if (!frame.has_of_link(kVersion1Bytes)) return Layer::kEnd;
    frame.reader.skip(14);  // Packet type, hardware type, address.
    const std::uint16_t protocol = frame.reader.be16();
    frame.used(kVersion1Bytes);
    return layer_of_protocol(protocol, frame);
}

Layer parse_linux_cooked2(Frame& frame) {
    if (!frame.has_of_link(kVersion2Bytes)) return Layer::kEnd;
    const std::uint16_t protocol = frame.reader.be16();
    frame.reader.skip(18);  // Interface, hardware type, packet type, address.
    frame.used(kVersion2Bytes);
    return layer_of_protocol(protocol, frame);
}

}  // namespace flowsift::decode
