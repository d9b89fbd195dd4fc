#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace flowsift::base {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

IpAddress IpAddress::from_network(Bytes network_order) {
    IpAddress address;
    if (network_order.size() == 4) {
        std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
        std::copy(network_order.begin(), network_order.end(), address.bytes.begin() + 12);
    } else if (network_order.size() == 16) {
        std::copy(network_order.begin(), network_order.end(), address.bytes.begin());
    }
    return address;
}

std::string to_string(const IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const Bytes raw = address.network();
    inet_ntop(raw.size() == 4 ? AF_INET : AF_INET6, raw.data(), text.data(), text.size());
    return text.data();
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    const std::string terminated(text);
    std::array<std::uint8_t, 16> raw{};
    if (inet_pton(AF_INET, terminated.c_str(), raw.data()) == 1) return IpAddress::from_network(Bytes(raw).first(4));
    if (inet_pton(AF_INET6, terminated.c_str(), raw.data()) == 1) return IpAddress::from_network(raw);
    return std::nullopt;
}

bool IpPrefix::contains(const IpAddress& other) const {
    const auto whole = static_cast<std::size_t>(length / 8);
    if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin())) return false;
    if (length % 8 == 0) return true;
    return ((address.bytes[whole] ^ other.bytes[whole]) >> (8 - length % 8)) == 0;
}

std::optional<IpPrefix> parse_ip_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_ip_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const int most = address->is_v4() ? 32 : 128;
    int length = most;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
        if (fault != std::errc{} || end != digits.data() + digits.size() || length < 0 || length > most)
            return std::nullopt;
    }
    return IpPrefix{*address, 128 - most + length};
}

}  // namespace flowsift::base
