// Reassembler: puts the fragments of IP datagrams together, for those who read what is said in them (server names, DNS
// questions). Nothing else depends on it: every fragment stays a packet of its own.
//
// Bounded memory: 256 datagrams at a time and 256 complete ones of a batch, 64 KiB each, 32 MiB in all, of which the
// kernel gives what is written to; the datagram that began longest ago makes room for a new one. Bounded time: 30 s of
// packet time from its first seen fragment.
//
// Overlaps: a fragment that repeats bytes which are already here, and nothing else, is ignored; any other overlap
// abandons the datagram (RFC 5722, for IPv4 as well), because receivers differ in which bytes they believe. Owned by a
// Decoder, on its thread; allocates nothing after construction.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/hash.h"
#include "decode/fragment.h"
#include "decode/outcome.h"
#include "decode/slot_index.h"

namespace flowsift::decode {

class Reassembler {
  public:
    static constexpr std::size_t kDatagrams = 256;
    static constexpr std::size_t kMostCompleted = 256;       ///< Per batch.
    static constexpr std::size_t kLargestDatagram = 65'535;  ///< IP payload, bytes.

    /// Counts what it does in `counters`, which must outlive it.
    Reassembler(const base::HashKey& hash_key, DecodeCounters& counters);

    /// What add() returned so far may be overwritten.
    void begin_batch();

    /// The payload of the transport, of a datagram that `fragment` completes; otherwise nothing. Valid until
    /// begin_batch(). `header_bytes`: of a first fragment, what lies before that payload.
    base::Bytes add(const Fragment& fragment, std::uint32_t header_bytes, base::Nanoseconds time);

  private:
    static constexpr std::uint32_t kUnit = 8;  ///< Offsets are in units of eight bytes.
    static constexpr std::size_t kBufferBytes = 65'536;

    struct Datagram {
        base::Nanoseconds began = 0;
        std::uint32_t length = 0;        ///< Of its IP payload; 0 until the last fragment is here.
        std::uint32_t farthest = 0;      ///< End of the farthest fragment.
        std::uint32_t held = 0;          ///< Bytes that are here.
        std::uint32_t header_bytes = 0;  ///< As in add().
        std::uint16_t buffer = 0;
        bool is_abandoned = false;
        std::bitset<kBufferBytes / kUnit> units;  ///< Which are here.
    };

    Datagram& datagram_of(const Fragment& fragment, base::Nanoseconds time);
    void begin(Datagram& datagram, base::Nanoseconds time);
    void store(const Fragment& fragment, Datagram& datagram);
    bool is_repetition(const Fragment& fragment, const Datagram& datagram) const;
    void abandon(Datagram& datagram, Mark mark);
    base::Bytes complete(const FragmentKey& key, Datagram& datagram);
    std::uint8_t* bytes_of(const Datagram& datagram) const { return buffers_.get() + datagram.buffer * kBufferBytes; }

    DecodeCounters& counters_;
    SlotIndex index_;
    std::vector<Datagram> datagrams_;          ///< By slot.
    std::unique_ptr<std::uint8_t[]> buffers_;  ///< kDatagrams + kMostCompleted.
    std::vector<std::uint16_t> free_;          ///< Buffers that no datagram has.
    std::vector<std::uint16_t> completed_;     ///< Buffers of the batch's complete datagrams.
};

}  // namespace flowsift::decode
