// FlowTable: from the hash of a key to a 32-bit handle, by open addressing with linear probing.
//
// Holds no keys: the caller compares them in full through the handle, and the stored 32 bits of hash spare nearly all
// comparisons of different keys. Removal shifts back instead of leaving tombstones, so that the table never decays.
// Owned by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/growing_array.h"

namespace flowsift::flow {

class FlowTable {
  public:
    using Handle = std::uint32_t;
    static constexpr Handle kNone = 0xffffffff;

    FlowTable() : slots_(slots_of(kSmallest)), mask_(kSmallest - 1) {}

    std::size_t size() const { return size_; }

    /// Allocated now.
    std::size_t bytes() const { return slots_->bytes(); }
    /// Allocated at most by the next insert(), what is freed on the way not taken off.
    std::size_t growth_bytes() const { return must_grow() ? 2 * bytes() : 0; }

    /// The handle stored under `hash` for which `is_match(handle)` is true, or kNone.
    template <class Match>
    Handle find(std::uint32_t hash, Match&& is_match) const {
        for (std::size_t i = hash & mask_; !slot(i).is_free(); i = (i + 1) & mask_)
            if (slot(i).hash == hash && is_match(slot(i).handle())) return slot(i).handle();
        return kNone;
    }

    /// Asks the processor to fetch what find(hash) will read first.
    void prefetch(std::uint32_t hash) const { __builtin_prefetch(&slot(hash & mask_)); }

    /// The handle that is likely to be the one of `hash`, or kNone: good enough to prefetch its record. Reads no more
    /// than prefetch() has fetched.
    Handle guess(std::uint32_t hash) const {
        constexpr std::size_t kSlotsOfLine = 64 / sizeof(Slot);
        for (std::size_t i = hash & mask_; !slot(i).is_free(); ++i) {
            if (slot(i).hash == hash) return slot(i).handle();
            if ((i + 1) % kSlotsOfLine == 0) break;
        }
        return kNone;
    }

    /// Calls `visit(handle)` for each, in no useful order.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t i = 0; i <= mask_; ++i)
            if (!slot(i).is_free()) visit(slot(i).handle());
    }

    /// Precondition: no equal key is stored.
    void insert(std::uint32_t hash, Handle handle) {
        if (must_grow()) grow();
        place(hash, handle);
        ++size_;
    }

    /// Precondition of both: (hash, handle) is stored.
    void replace(std::uint32_t hash, Handle handle, Handle successor) {
        slot(position(hash, handle)) = Slot(hash, successor);
    }
    void erase(std::uint32_t hash, Handle handle) {
        std::size_t hole = position(hash, handle);
        for (std::size_t i = (hole + 1) & mask_; !slot(i).is_free(); i = (i + 1) & mask_) {
            const std::size_t distance_from_home = (i - slot(i).hash) & mask_;
            if (distance_from_home < ((i - hole) & mask_)) continue;  // It may not move before its home.
            slot(hole) = slot(i);
            hole = i;
        }
        slot(hole) = {};
        --size_;
    }

  private:
    /// All zero where nothing is stored, as new memory is.
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t handle_plus_one = 0;

        Slot() = default;
        Slot(std::uint32_t hash_of_key, Handle handle) : hash(hash_of_key), handle_plus_one(handle + 1) {}
        bool is_free() const { return handle_plus_one == 0; }
        Handle handle() const { return handle_plus_one - 1; }
    };
    using Slots = std::unique_ptr<base::GrowingArray<Slot>>;
    static constexpr std::size_t kSmallest = 1024;

    static Slots slots_of(std::size_t count) {
        auto slots = std::make_unique<base::GrowingArray<Slot>>(count);
        slots->grow_to(count);
        return slots;
    }

    Slot& slot(std::size_t i) { return (*slots_)[i]; }
    const Slot& slot(std::size_t i) const { return (*slots_)[i]; }
    bool must_grow() const { return (size_ + 1) * 4 > slots_->size() * 3; }

    std::size_t position(std::uint32_t hash, Handle handle) const {
        std::size_t i = hash & mask_;
        while (slot(i).handle() != handle) i = (i + 1) & mask_;
        return i;
    }

    void place(std::uint32_t hash, Handle handle) {
        std::size_t i = hash & mask_;
        while (!slot(i).is_free()) i = (i + 1) & mask_;
        slot(i) = Slot(hash, handle);
    }

    void grow() {
        const Slots before = std::exchange(slots_, slots_of(slots_->size() * 2));
        mask_ = slots_->size() - 1;
        for (std::size_t i = 0; i < before->size(); ++i)
            if (!(*before)[i].is_free()) place((*before)[i].hash, (*before)[i].handle());
    }

    Slots slots_;  ///< A power of two of them, at most three quarters in use.
    std::size_t mask_;
    std::size_t size_ = 0;
};

}  // namespace flowsift::flow
