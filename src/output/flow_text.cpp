#include "output/flow_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace flowsift::output {
namespace {

struct ProtocolRow {
    std::uint8_t number;
    std::string_view name;
    bool has_ports;
};

constexpr ProtocolRow kProtocols[] = {
    {1, "ICMP", false}, {2, "IGMP", false}, {6, "TCP", true},         {17, "UDP", true},   {47, "GRE", false},
    {50, "ESP", false}, {51, "AH", false},  {58, "IPv6-ICMP", false}, {132, "SCTP", true},
};

const ProtocolRow* find(std::uint8_t protocol) {
    const auto* row = std::find_if(std::begin(kProtocols), std::end(kProtocols),
                                   [&](const ProtocolRow& candidate) { return candidate.number == protocol; });
    return row == std::end(kProtocols) ? nullptr : row;
}

}  // namespace

std::string protocol_name(std::uint8_t protocol) {
    const ProtocolRow* row = find(protocol);
    return row ? std::string(row->name) : fmt::format("{:03}", protocol);
}

bool has_ports(std::uint8_t protocol) {
    const ProtocolRow* row = find(protocol);
    return row && row->has_ports;
}

std::string endpoint(const base::IpAddress& address, std::uint16_t port, std::uint8_t protocol) {
    std::string text = to_string(address);
    if (!has_ports(protocol)) return text;
    return address.is_v4() ? fmt::format("{}:{}", text, port) : fmt::format("[{}]:{}", text, port);
}

std::string reason_text(const detect::Reason& reason) {
    std::string text = fmt::format("{} {:.6g}", reason.name, reason.value);
    if (reason.has_range) text += fmt::format(" (usual {:.5g}..{:.5g})", reason.benign_low, reason.benign_high);
    return text;
}

}  // namespace flowsift::output
