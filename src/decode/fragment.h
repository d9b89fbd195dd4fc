// Fragment: one fragment of an IP datagram, as the fragment table and the reassembler take it. FragmentKey: what all
// fragments of one datagram share. Plain values; a Fragment views the capture buffer.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "base/time.h"

namespace flowsift::decode {

/// What all fragments of a datagram share (RFC 791, RFC 8200 section 4.5), and the network it was seen on.
struct FragmentKey {
    base::IpAddress source;
    base::IpAddress destination;
    std::uint32_t identification = 0;
    std::uint32_t vlan = 0;
    std::uint32_t tunnel_id = 0;
    std::uint32_t protocol = 0;  ///< As the fragments name it; an IPv6 extension header may stand before the transport.

    bool operator==(const FragmentKey&) const = default;
};
static_assert(sizeof(FragmentKey) == 48, "hashed as bytes: no padding");

struct Fragment {
    FragmentKey key;
    base::Bytes bytes;         ///< Its IP payload, as far as it was captured.
    std::uint32_t length = 0;  ///< Of its IP payload on the wire, bytes.
    std::uint32_t offset = 0;  ///< In the IP payload of the datagram, bytes.
    bool more = false;         ///< It is not the last one.

    bool is_first() const { return offset == 0; }
};

/// For how long fragments of one key are taken for one datagram, in packet time (RFC 791 suggests 15 s, RFC 8200 60 s).
inline constexpr base::Nanoseconds kFragmentLifetime = 30 * base::kSecond;

/// Of any two times, without overflow: a file may hold both ends of int64.
inline bool is_within_fragment_lifetime(base::Nanoseconds a, base::Nanoseconds b) {
    const auto distance = static_cast<std::uint64_t>(std::max(a, b)) - static_cast<std::uint64_t>(std::min(a, b));
    return distance <= static_cast<std::uint64_t>(kFragmentLifetime);
}

}  // namespace flowsift::decode
