// How people and other programs are told who talked with whom, and why that is an alert: protocol names, endpoints,
// reasons.
#pragma once

#include <cstdint>
#include <string>

#include "detect/alert.h"
#include "flow/flow_identity.h"

namespace flowsift::output {

/// As Suricata writes it: "TCP", "IPv6-ICMP"; three digits ("099") where it has no name.
std::string protocol_name(std::uint8_t protocol);

/// Whether the protocol has ports: TCP, UDP, SCTP.
bool has_ports(std::uint8_t protocol);

/// "10.0.0.1:80", "[2001:db8::1]:80"; the bare address where the protocol has no ports.
std::string endpoint(const base::IpAddress& address, std::uint16_t port, std::uint8_t protocol);

/// "SYN Flag Count 1 (usual 2..14)"; without the bracket where the model tells no range.
std::string reason_text(const detect::Reason& reason);

}  // namespace flowsift::output
