#include "flow/protocol_names.h"

#include <algorithm>
#include <iterator>

namespace flowsift::flow {
namespace {

/// IANA "Assigned Internet Protocol Numbers".
constexpr ProtocolName kProtocols[] = {
    {1, "ICMP", false}, {2, "IGMP", false}, {6, "TCP", true},         {17, "UDP", true},   {47, "GRE", false},
    {50, "ESP", false}, {51, "AH", false},  {58, "IPv6-ICMP", false}, {132, "SCTP", true},
};

}  // namespace

std::span<const ProtocolName> protocol_names() {
    return kProtocols;
}

const ProtocolName* find_protocol(std::uint8_t number) {
    const auto* row = std::ranges::find(kProtocols, number, &ProtocolName::number);
    return row == std::end(kProtocols) ? nullptr : row;
}

}  // namespace flowsift::flow
