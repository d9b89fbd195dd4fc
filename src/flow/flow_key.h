// FlowKey: what two packets must share to be of one flow, whichever way each of them travels.
//
// The two ends are put in an order, so that both directions give one key. Compared in full and hashed with a secret of
// the run: a stranger can neither merge flows nor pile them up in one bucket. A plain value of 48 bytes without
// padding.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "base/ip_address.h"
#include "base/siphash.h"
#include "decode/packet.h"

namespace flowsift::flow {

struct FlowKey {
    base::IpAddress low_address;  ///< Of the end that sorts first; the order itself means nothing.
    base::IpAddress high_address;
    std::uint16_t low_port = 0;
    std::uint16_t high_port = 0;
    std::uint32_t vlan = 0;
    std::uint32_t tunnel_id = 0;
    std::uint16_t echo_identifier = 0;  ///< Pairs an ICMP echo request with its reply.
    std::uint8_t protocol = 0;
    std::uint8_t is_echo = 0;  ///< Sets identifier 0 apart from ICMP messages that have none.

    bool is_icmp() const { return protocol == decode::ip_protocol::kIcmp || protocol == decode::ip_protocol::kIcmpV6; }
    bool has_equal_ends() const { return low_address == high_address && low_port == high_port; }

    using Words = std::array<std::uint64_t, 6>;
    Words words() const { return std::bit_cast<Words>(*this); }

    bool operator==(const FlowKey& other) const { return words() == other.words(); }
    bool operator<(const FlowKey& other) const { return words() < other.words(); }
};
static_assert(sizeof(FlowKey) == sizeof(FlowKey::Words) && std::has_unique_object_representations_v<FlowKey>);

/// A packet's key and the way it travels.
struct OrientedKey {
    FlowKey key;
    bool from_low = true;  ///< Sent by the low end. Always true where both ends are the same.
};

inline OrientedKey oriented_key(const decode::Packet& packet) {
    using Halves = std::array<std::uint64_t, 2>;
    const auto source = std::bit_cast<Halves>(packet.source);
    const auto destination = std::bit_cast<Halves>(packet.destination);
    OrientedKey result;
    FlowKey& key = result.key;
    key.protocol = packet.protocol;
    const std::uint16_t source_port = key.is_icmp() ? 0 : packet.source_port;
    const std::uint16_t destination_port = key.is_icmp() ? 0 : packet.destination_port;
    result.from_low = source != destination ? source < destination : source_port <= destination_port;
    key.low_address = result.from_low ? packet.source : packet.destination;
    key.high_address = result.from_low ? packet.destination : packet.source;
    key.low_port = result.from_low ? source_port : destination_port;
    key.high_port = result.from_low ? destination_port : source_port;
    key.vlan = packet.vlan;
    key.tunnel_id = packet.tunnel_id;
    if (key.is_icmp() && packet.is_echo) {
        key.echo_identifier = packet.echo_identifier;
        key.is_echo = 1;
    }
    return result;
}

/// 32 bits suffice: they choose a bucket and spare most key comparisons, but never replace one. Two IPv4 addresses are
/// hashed as one word, so that the keys of most packets are three words long; no key of six is hashed like one of three.
inline std::uint32_t hash_of(const FlowKey& key, const base::HashKey& secret) {
    const FlowKey::Words words = key.words();
    std::uint64_t hash = 0;
    if (key.low_address.is_v4() && key.high_address.is_v4()) {
        const std::uint64_t addresses = std::uint64_t{key.low_address.v4_word()} << 32 | key.high_address.v4_word();
        hash = base::siphash13(secret, std::array{addresses, words[4], words[5]});
    } else {
        hash = base::siphash13(secret, words);
    }
    return static_cast<std::uint32_t>(hash);
}

}  // namespace flowsift::flow
