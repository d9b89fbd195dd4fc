// FragmentTable: which ports the first fragment of an IP datagram had, for its later fragments, which bear none.
//
// Fixed memory (4,096 first fragments in sets of four); a full set replaces its oldest entry, so that a flood of
// fragments costs only the attribution of other fragments. Entries live for 30 s of packet time. Owned by a Decoder.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "base/ip_address.h"
#include "decode/packet.h"

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

class FragmentTable {
  public:
    explicit FragmentTable(const base::HashKey& hash_key);

    /// Keeps what later fragments take from `first`; replaces what the same key had.
    void remember(const FragmentKey& key, const Packet& first);

    /// Copies protocol, ports and ICMP fields of the first fragment to `later`; false if it is unknown or over 30 s
    /// from `later.timestamp`.
    bool find(const FragmentKey& key, Packet& later) const;

  private:
    struct Entry {
        FragmentKey key;
        base::Nanoseconds time = 0;
        std::uint16_t source_port = 0;
        std::uint16_t destination_port = 0;
        std::uint16_t echo_identifier = 0;
        std::uint8_t protocol = 0;
        std::uint8_t icmp_type = 0;
        std::uint8_t icmp_code = 0;
        bool is_echo = false;
        bool is_used = false;
    };

    std::size_t first_of_set(const FragmentKey& key) const;

    base::HashKey hash_key_;
    std::vector<Entry> entries_;
};

}  // namespace flowsift::decode
