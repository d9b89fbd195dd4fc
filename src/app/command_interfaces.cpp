#include <fmt/format.h>
#include <linux/capability.h>

#include <CLI/CLI.hpp>
#include <fstream>

#include "app/command.h"
#include "app/text.h"
#include "base/privileges.h"
#include "base/terminal.h"
#include "capture/interface.h"

namespace flowsift::app {
namespace {

struct Row {
    capture::Interface interface;
    std::vector<std::string> addresses;
    std::string speed;
    std::string capture;  ///< How it can be captured, or why not and what to do.
};

std::string_view state_of(const capture::Interface& interface) {
    if (!interface.is_up) return "down";
    return interface.is_running ? "up" : "no carrier";
}

/// "1000 Mbit/s", where the driver knows.
std::string speed_of(const std::string& name) {
    std::ifstream file("/sys/class/net/" + name + "/speed");
    long megabits = 0;
    return file >> megabits && megabits > 0 ? fmt::format("{} Mbit/s", megabits) : "-";
}

std::string capture_of(const capture::Interface& interface, bool has_right) {
    if (!interface.is_up) return fmt::format("no: it is down; ip link set {} up", interface.name);
    if (!has_right) return "no: no permission, see below";
    return capture::ring_link_type(interface.hardware_type) ? "yes, ring" : "yes, libpcap";
}

std::string table_of(const std::vector<Row>& rows) {
    constexpr const char* kLine = "{:<15} {:<10} {:<8} {:>6} {:>13}  {:<28} {}\n";
    std::string text = fmt::format(kLine, "INTERFACE", "STATE", "LINK", "MTU", "SPEED", "CAPTURE", "ADDRESSES");
    for (const Row& row : rows) {
        const auto link = capture::ring_link_type(row.interface.hardware_type);
        const std::string kind = !link                              ? fmt::format("{}", row.interface.hardware_type)
                                 : *link == capture::LinkType::kRaw ? "IP"
                                 : row.interface.is_loopback        ? "loopback"
                                                                    : "Ethernet";
        text += fmt::format(kLine, base::printable(row.interface.name), state_of(row.interface), kind,
                            row.interface.mtu, row.speed, row.capture, fmt::join(row.addresses, ", "));
    }
    return text;
}

base::Result<int> list_interfaces() {
    const bool has_right = base::has_capability(CAP_NET_RAW);
    std::vector<Row> rows;
    for (const std::string& name : capture::interface_names()) {
        const auto interface = capture::ask_interface(name);
        if (!interface) continue;  // Gone since it was listed.
        rows.push_back({*interface, capture::addresses_of(name), speed_of(name), capture_of(*interface, has_right)});
    }
    std::string text = table_of(rows);
    if (!has_right) text += '\n' + capture::no_capture_permission("any of them").message + '\n';
    return print_to_stdout(text);
}

}  // namespace

Runner configure_interfaces(CLI::App&) {
    return list_interfaces;
}

}  // namespace flowsift::app
