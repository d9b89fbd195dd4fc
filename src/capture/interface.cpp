#include "capture/interface.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/descriptor.h"
#include "base/terminal.h"

namespace flowsift::capture {
namespace {

/// Empty for what is no IP address.
std::string address_text(const sockaddr& address, const sockaddr& mask) {
    const auto bits = [](const void* bytes, std::size_t count) {
        const auto* first = static_cast<const std::uint8_t*>(bytes);
        return std::accumulate(first, first + count, 0,
                               [](int sum, std::uint8_t byte) { return sum + std::popcount(byte); });
    };
    char text[INET6_ADDRSTRLEN] = "";
    if (address.sa_family == AF_INET) {
        const auto& ip = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
        inet_ntop(AF_INET, &ip, text, sizeof text);
        return fmt::format("{}/{}", text, bits(&reinterpret_cast<const sockaddr_in&>(mask).sin_addr, sizeof ip));
    }
    if (address.sa_family != AF_INET6) return {};
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    inet_ntop(AF_INET6, &ip, text, sizeof text);
    return fmt::format("{}/{}", text, bits(&reinterpret_cast<const sockaddr_in6&>(mask).sin6_addr, sizeof ip));
}

base::Error unknown_interface(const std::string& name) {
    return base::Error{fmt::format("there is no interface {}; these exist: {}", base::printable(name),
                                   fmt::join(interface_names(), ", ")),
                       base::ErrorKind::kUsage};
}

}  // namespace

std::optional<Interface> ask_interface(const std::string& name) {
    errno = ENODEV;
    if (name.empty() || name.size() >= IFNAMSIZ) return std::nullopt;
    const base::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::memcpy(request.ifr_name, name.data(), name.size());
    const auto ask = [&](unsigned long what) { return ioctl(socket.number(), what, &request) == 0; };
    Interface found;
    found.name = name;
    if (!ask(SIOCGIFINDEX)) return std::nullopt;
    found.index = request.ifr_ifindex;
    if (ask(SIOCGIFHWADDR)) found.hardware_type = request.ifr_hwaddr.sa_family;
    if (ask(SIOCGIFMTU)) found.mtu = static_cast<std::uint32_t>(std::max(0, request.ifr_mtu));
    if (ask(SIOCGIFFLAGS)) {
        const auto flags = static_cast<unsigned>(request.ifr_flags);
        found.is_up = (flags & IFF_UP) != 0;
        found.is_running = (flags & IFF_RUNNING) != 0;
        found.is_loopback = (flags & IFF_LOOPBACK) != 0;
    }
    return found;
}

base::Result<Interface> find_interface(const std::string& name) {
    if (const auto found = ask_interface(name)) return *found;
    if (errno == ENODEV) return unknown_interface(name);
    return base::Error{fmt::format("cannot ask for the interface {}: {}", name, std::strerror(errno))};
}

std::vector<std::string> interface_names() {
    std::vector<std::string> names;
    if (struct if_nameindex* all = if_nameindex()) {
        for (const struct if_nameindex* one = all; one->if_index != 0; ++one) names.emplace_back(one->if_name);
        if_freenameindex(all);
    }
    return names;
}

std::vector<std::string> addresses_of(const std::string& name) {
    std::vector<std::string> texts;
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return texts;
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next)
        if (one->ifa_name == name && one->ifa_addr != nullptr && one->ifa_netmask != nullptr)
            if (std::string text = address_text(*one->ifa_addr, *one->ifa_netmask); !text.empty())
                texts.push_back(std::move(text));
    freeifaddrs(all);
    return texts;
}

std::optional<LinkType> ring_link_type(std::uint16_t hardware_type) {
    switch (hardware_type) {
        case ARPHRD_ETHER:
        case ARPHRD_LOOPBACK:
            return LinkType::kEthernet;
        case ARPHRD_NONE:  // tun, WireGuard: packets are just IP.
        case ARPHRD_RAWIP:
            return LinkType::kRaw;
        default:
            return std::nullopt;
    }
}

base::Error no_capture_permission(const std::string& interface) {
    char program[4096];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program);
    const std::string path = length > 0 ? std::string(program, static_cast<std::size_t>(length)) : "flowsift";
    return base::Error{
        fmt::format("no permission to capture on {}; grant it once with\n  sudo setcap cap_net_raw=ep {}", interface,
                    path),
        base::ErrorKind::kPermission};
}

}  // namespace flowsift::capture
