// What the kernel says of one network interface, asked for without any privilege. By whoever opens or lists interfaces.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/raw_packet.h"

namespace flowsift::capture {

struct Interface {
    std::string name;
    int index = 0;
    std::uint16_t hardware_type = 0;  ///< ARPHRD_… of the kernel.
    std::uint32_t mtu = 0;            ///< Bytes.
    bool is_up = false;               ///< Switched on.
    bool is_running = false;          ///< And has a carrier.
    bool is_loopback = false;
};

/// Error: there is no such interface (ErrorKind::kUsage; the existing ones are named), or the kernel does not answer.
base::Result<Interface> find_interface(const std::string& name);

/// find_interface() in few system calls, for a process that may make few: an unknown one is errno ENODEV.
std::optional<Interface> ask_interface(const std::string& name);

/// All, in the kernel's order; empty if they cannot be listed.
std::vector<std::string> interface_names();

/// Of IPv4 and IPv6, as text with the length of the prefix: "10.0.0.1/8".
std::vector<std::string> addresses_of(const std::string& name);

/// How frames of that hardware look in an AF_PACKET ring; nullopt: in a way that only libpcap knows to make sense of.
std::optional<LinkType> ring_link_type(std::uint16_t hardware_type);

/// ErrorKind::kPermission, with the command that grants it to this program.
base::Error no_capture_permission(const std::string& interface);

}  // namespace flowsift::capture
