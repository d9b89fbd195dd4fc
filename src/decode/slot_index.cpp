#include "decode/slot_index.h"

#include <bit>

namespace flowsift::decode {

SlotIndex::SlotIndex(const base::HashKey& hash_key, Slot slots)
    : hash_key_(hash_key), nodes_(slots), chains_(std::bit_ceil(std::size_t{slots}), kNone) {
    for (Slot slot = 0; slot < slots; ++slot) link_as_newest(slot);
}

std::optional<SlotIndex::Slot> SlotIndex::find(const FragmentKey& key) const {
    for (Slot slot = chains_[chain_of(key)]; slot != kNone; slot = nodes_[slot].next_in_chain)
        if (nodes_[slot].key == key) return slot;
    return std::nullopt;
}

SlotIndex::Claim SlotIndex::claim(const FragmentKey& key) {
    Claim claim;
    if (const auto known = find(key)) {
        claim.slot = *known;
        unlink(claim.slot);
    } else {
        claim.slot = oldest_;
        Node& node = nodes_[claim.slot];
        claim.was_taken_over = node.is_used;
        if (node.is_used) unchain(claim.slot);
        unlink(claim.slot);
        node.key = key;
        node.is_used = true;
        Slot& chain = chains_[chain_of(key)];
        node.next_in_chain = chain;
        chain = claim.slot;
    }
    link_as_newest(claim.slot);
    return claim;
}

void SlotIndex::release(const FragmentKey& key) {
    const auto slot = find(key);
    if (!slot) return;
    unchain(*slot);
    unlink(*slot);
    nodes_[*slot].is_used = false;
    link_as_oldest(*slot);
}

std::size_t SlotIndex::chain_of(const FragmentKey& key) const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&key);
    return base::siphash13(hash_key_, {bytes, sizeof key}) & (chains_.size() - 1);
}

void SlotIndex::unchain(Slot slot) {
    Slot* link = &chains_[chain_of(nodes_[slot].key)];
    while (*link != slot) link = &nodes_[*link].next_in_chain;
    *link = nodes_[slot].next_in_chain;
}

void SlotIndex::unlink(Slot slot) {
    const Node& node = nodes_[slot];
    (node.older == kNone ? oldest_ : nodes_[node.older].newer) = node.newer;
    (node.newer == kNone ? newest_ : nodes_[node.newer].older) = node.older;
}

void SlotIndex::link_as_newest(Slot slot) {
    nodes_[slot].older = newest_;
    nodes_[slot].newer = kNone;
    (newest_ == kNone ? oldest_ : nodes_[newest_].newer) = slot;
    newest_ = slot;
}

void SlotIndex::link_as_oldest(Slot slot) {
    nodes_[slot].newer = oldest_;
    nodes_[slot].older = kNone;
    (oldest_ == kNone ? newest_ : nodes_[oldest_].older) = slot;
    oldest_ = slot;
}

}  // namespace flowsift::decode
