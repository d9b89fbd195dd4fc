// FragmentTable: which ports the first fragment of an IP datagram had, for its later fragments, which bear none.
//
// Fixed memory (4,096 first fragments); a full table forgets the one that it learnt longest ago, so that a flood of
// fragments costs only the attribution of other fragments. Entries live for 30 s of packet time. Owned by a Decoder.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "decode/fragment.h"
#include "decode/packet.h"
#include "decode/slot_index.h"

namespace flowsift::decode {

class FragmentTable {
  public:
    static constexpr SlotIndex::Slot kEntries = 4096;

    enum class Found : std::uint8_t {
        kNothing,
        kFlow,    ///< The first fragment was a packet of a flow.
        kTunnel,  ///< The first fragment held another packet, which was counted with it.
    };

    explicit FragmentTable(const base::HashKey& hash_key);

    /// Keeps what later fragments take from `first`; replaces what the same key had.
    void remember(const FragmentKey& key, const Packet& first);

    /// The datagram carries another packet: its later fragments are no packets of a flow.
    void remember_tunnel(const FragmentKey& key, base::Nanoseconds time);

    /// Where it finds a flow, copies protocol, ports and ICMP fields of the first fragment to `later`. kNothing if the
    /// first is unknown or over 30 s from `later.timestamp`.
    Found find(const FragmentKey& key, Packet& later) const;

  private:
    struct Entry {
        base::Nanoseconds time = 0;
        std::uint16_t source_port = 0;
        std::uint16_t destination_port = 0;
        std::uint16_t echo_identifier = 0;
        std::uint8_t protocol = 0;
        std::uint8_t icmp_type = 0;
        std::uint8_t icmp_code = 0;
        bool is_echo = false;
        bool is_tunnel = false;
    };

    SlotIndex index_;
    std::vector<Entry> entries_;  ///< By slot.
};

}  // namespace flowsift::decode
