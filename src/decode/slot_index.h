// SlotIndex: which of a fixed number of slots belongs to a fragmented datagram. When all are taken, the one that was
// claimed longest ago goes to the newcomer.
//
// Which slot that is depends on the order of the claims alone: the secret hash only decides how keys are found, so that
// two runs over one capture forget the same datagrams. A hash table of chains and a list by age, both of slot numbers;
// all memory is allocated at once. Owned by a table of the decoder, on its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "decode/fragment.h"

namespace flowsift::decode {

class SlotIndex {
  public:
    using Slot = std::uint16_t;

    struct Claim {
        Slot slot = 0;
        bool was_taken_over = false;  ///< The slot belonged to another key until now.
    };

    /// `slots`: 1 to 32,768.
    SlotIndex(const base::HashKey& hash_key, Slot slots);

    std::optional<Slot> find(const FragmentKey& key) const;

    /// Makes `key` the newest one, in the slot it has or in one it gets now.
    Claim claim(const FragmentKey& key);

    /// Forgets `key`; its slot is the next to be claimed.
    void release(const FragmentKey& key);

  private:
    static constexpr Slot kNone = 0xffff;

    struct Node {
        FragmentKey key;
        Slot next_in_chain = kNone;
        Slot older = kNone;
        Slot newer = kNone;
        bool is_used = false;
    };

    std::size_t chain_of(const FragmentKey& key) const;
    void unchain(Slot slot);
    void unlink(Slot slot);
    void link_as_newest(Slot slot);
    void link_as_oldest(Slot slot);

    base::HashKey hash_key_;
    std::vector<Node> nodes_;
    std::vector<Slot> chains_;  ///< By hash: the first slot of the chain. As many as a power of two.
    Slot oldest_ = kNone;       ///< Unused slots are older than all others.
    Slot newest_ = kNone;
};

}  // namespace flowsift::decode
