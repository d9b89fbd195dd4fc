#include "output/flow_text.h"

#include <fmt/format.h>

#include "flow/protocol_names.h"

namespace flowsift::output {

std::string protocol_name(std::uint8_t protocol) {
    const flow::ProtocolName* row = flow::find_protocol(protocol);
    return row ? std::string(row->name) : fmt::format("{:03}", protocol);
}

bool has_ports(std::uint8_t protocol) {
    const flow::ProtocolName* row = flow::find_protocol(protocol);
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
