// The names of IP protocols that people use, and which of them have ports: one table for outputs and filters.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace flowsift::flow {

struct ProtocolName {
    std::uint8_t number;
    std::string_view name;  ///< As Suricata writes it.
    bool has_ports;
};

std::span<const ProtocolName> protocol_names();

/// nullptr: it has no name here.
const ProtocolName* find_protocol(std::uint8_t number);

}  // namespace flowsift::flow
