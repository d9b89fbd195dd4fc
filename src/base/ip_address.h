// IpAddress: IPv4 or IPv6 in sixteen bytes; IpPrefix: an address range such as 10.0.0.0/8.
//
// IPv4 is kept as an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2), so that keys compare and hash in one way. A
// packet that carries a mapped address in a real IPv6 header would read as IPv4; no host sends such packets.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace flowsift::base {

struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    /// `network_order`: 4 bytes for IPv4, 16 for IPv6; anything else gives the unspecified address.
    static IpAddress from_network(Bytes network_order);
    static IpAddress from_v4(std::span<const std::uint8_t, 4> network_order) {
        std::array<std::uint32_t, 4> words = {0, 0, kMappedMark, 0};
        std::memcpy(&words[3], network_order.data(), 4);
        return {std::bit_cast<std::array<std::uint8_t, 16>>(words)};
    }
    static IpAddress from_v6(std::span<const std::uint8_t, 16> network_order) {
        IpAddress address;
        std::memcpy(address.bytes.data(), network_order.data(), 16);
        return address;
    }

    bool is_v4() const {
        const auto words = std::bit_cast<std::array<std::uint32_t, 4>>(bytes);
        return (words[0] | words[1]) == 0 && words[2] == kMappedMark;
    }
    /// The last four bytes as one number, in the machine's byte order: to tell addresses apart, not to order them.
    std::uint32_t v4_word() const { return std::bit_cast<std::array<std::uint32_t, 4>>(bytes)[3]; }
    /// The last four bytes: the IPv4 address where is_v4().
    Bytes v4() const { return Bytes(bytes).subspan(12); }
    /// The bytes as they stood on the wire: 4 or 16.
    Bytes network() const { return is_v4() ? v4() : Bytes(bytes); }

    auto operator<=>(const IpAddress&) const = default;

    /// The bytes 00 00 ff ff that stand before a mapped IPv4 address.
    static constexpr std::uint32_t kMappedMark = std::endian::native == std::endian::little ? 0xffff0000 : 0x0000ffff;
};

/// Dotted quad, or RFC 5952 for IPv6.
std::string to_string(const IpAddress& address);

std::optional<IpAddress> parse_ip_address(std::string_view text);

struct IpPrefix {
    IpAddress address;
    int length = 128;  ///< In bits of the sixteen-byte form: 10.0.0.0/8 has 104.

    bool contains(const IpAddress& other) const;
};

/// "10.0.0.1", "10.0.0.0/8", "2001:db8::/32". Bits beyond the length are ignored.
std::optional<IpPrefix> parse_ip_prefix(std::string_view text);

}  // namespace flowsift::base
