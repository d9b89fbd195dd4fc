// FlowTable: from the hash of a key to a 32-bit handle, by open addressing with linear probing.
//
// Holds no keys: the caller compares them in full through the handle, and the stored 32 bits of hash spare nearly all
// comparisons of different keys. Removal shifts back instead of leaving tombstones, so that the table never decays.
// Owned by one thread.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace flowsift::flow {

class FlowTable {
  public:
    using Handle = std::uint32_t;
    static constexpr Handle kNone = 0xffffffff;

    FlowTable() : slots_(kSmallest) {}

    std::size_t size() const { return size_; }

    /// Allocated now.
    std::size_t bytes() const { return slots_.size() * sizeof(Slot); }
    /// Allocated at most by the next insert(), what is freed on the way not taken off.
    std::size_t growth_bytes() const { return must_grow() ? slots_.size() * 2 * sizeof(Slot) : 0; }

    /// The handle stored under `hash` for which `is_match(handle)` is true, or kNone.
    template <class Match>
    Handle find(std::uint32_t hash, Match&& is_match) const {
        for (std::size_t i = hash & mask(); slots_[i].handle != kNone; i = (i + 1) & mask())
            if (slots_[i].hash == hash && is_match(slots_[i].handle)) return slots_[i].handle;
        return kNone;
    }

    /// Asks the processor to fetch what find(hash) will read first.
    void prefetch(std::uint32_t hash) const { __builtin_prefetch(&slots_[hash & mask()]); }

    /// Some handle that is likely to be the one of `hash`, or kNone: good enough to prefetch its record.
    Handle guess(std::uint32_t hash) const {
        const Slot& slot = slots_[hash & mask()];
        return slot.hash == hash ? slot.handle : kNone;
    }

    /// Calls `visit(handle)` for each, in no useful order.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (const Slot& slot : slots_)
            if (slot.handle != kNone) visit(slot.handle);
    }

    /// Precondition: no equal key is stored.
    void insert(std::uint32_t hash, Handle handle) {
        if (must_grow()) grow();
        place(hash, handle);
        ++size_;
    }

    /// Precondition of both: (hash, handle) is stored.
    void replace(std::uint32_t hash, Handle handle, Handle successor) {
        slots_[position(hash, handle)].handle = successor;
    }
    void erase(std::uint32_t hash, Handle handle) {
        std::size_t hole = position(hash, handle);
        for (std::size_t i = (hole + 1) & mask(); slots_[i].handle != kNone; i = (i + 1) & mask()) {
            const std::size_t distance_from_home = (i - slots_[i].hash) & mask();
            if (distance_from_home < ((i - hole) & mask())) continue;  // It may not move before its home.
            slots_[hole] = slots_[i];
            hole = i;
        }
        slots_[hole] = {};
        --size_;
    }

  private:
    struct Slot {
        std::uint32_t hash = 0;
        Handle handle = kNone;
    };
    static constexpr std::size_t kSmallest = 1024;

    std::size_t mask() const { return slots_.size() - 1; }
    bool must_grow() const { return (size_ + 1) * 4 > slots_.size() * 3; }

    std::size_t position(std::uint32_t hash, Handle handle) const {
        std::size_t i = hash & mask();
        while (slots_[i].handle != handle) i = (i + 1) & mask();
        return i;
    }

    void place(std::uint32_t hash, Handle handle) {
        std::size_t i = hash & mask();
        while (slots_[i].handle != kNone) i = (i + 1) & mask();
        slots_[i] = {hash, handle};
    }

    void grow() {
        const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
        for (const Slot& slot : before)
            if (slot.handle != kNone) place(slot.hash, slot.handle);
    }

    std::vector<Slot> slots_;  ///< A power of two of them, at most three quarters in use.
    std::size_t size_ = 0;
};

}  // namespace flowsift::flow
