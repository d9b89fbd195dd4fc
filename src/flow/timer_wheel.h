// TimerWheel: calls back items whose deadline the capture clock has passed, whether or not their key is seen again.
//
// Lazy: an item may be armed too early (its deadline moved on since, or lies beyond the wheel's horizon); whoever is
// called back looks at the true deadline and arms it anew. So a packet that prolongs a flow need not touch the wheel.
// An item is called at most one slot late. Can also tell the item that would be next. Owned by one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace flowsift::flow {

class TimerWheel {
  public:
    using Item = std::uint32_t;  ///< A small number: an index of a slab.

    TimerWheel() : links_(kFirstItem) {
        for (std::uint32_t i = 0; i < kFirstItem; ++i) links_[i] = {i, i};
    }

    /// Makes room for items below `count`. Arming an item makes room for it, too.
    void reserve(std::size_t count) {
        if (kFirstItem + count > links_.capacity()) links_.reserve(grown_capacity(count));
        while (links_.size() < kFirstItem + count) {
            const auto added = static_cast<std::uint32_t>(links_.size());
            links_.push_back({added, added});
        }
    }

    /// Allocated now.
    std::size_t bytes() const { return links_.capacity() * sizeof(Link); }
    /// Allocated at most by reserve(count), what is freed on the way not taken off.
    std::size_t growth_bytes(std::size_t count) const {
        return kFirstItem + count > links_.capacity() ? grown_capacity(count) * sizeof(Link) : 0;
    }

    /// Also moves an item that is armed already.
    void arm(Item item, base::Nanoseconds deadline) {
        reserve(std::size_t{item} + 1);
        const std::uint32_t node = kFirstItem + item;
        unlink(node);
        const std::int64_t due = due_slot(deadline);
        earliest_ = std::min(earliest_, due);
        link(node, index_of(due));
    }

    /// Of an item that is or was armed, or has room.
    void disarm(Item item) { unlink(kFirstItem + item); }

    /// The armed item whose true deadline, `deadline_of(item)`, comes first, to within a slot; of one slot, the one
    /// that was armed there first. Stays armed. Arms anew whatever it finds armed too early, so that the work is paid
    /// for by the packets that moved the deadlines.
    template <class DeadlineOf>
    std::optional<Item> soonest(DeadlineOf&& deadline_of) {
        if (!next_) return std::nullopt;
        for (earliest_ = std::max(earliest_, *next_); earliest_ < *next_ + kSlots; ++earliest_) {
            const std::uint32_t anchor = index_of(earliest_);
            while (links_[anchor].after != anchor) {
                const Item item = links_[anchor].after - kFirstItem;
                const base::Nanoseconds deadline = deadline_of(item);
                if (due_slot(deadline) <= earliest_) return item;
                arm(item, deadline);
            }
        }
        return std::nullopt;
    }

    /// Whether the slot that fires next is over at `now`. Precondition, here and below: skip_to() said where time
    /// begins.
    bool is_behind(base::Nanoseconds now) const { return *next_ < slot_time(now); }

    /// Fires the next slot: disarms each of its items and calls `on_due(item, slot_end)`, which may arm and disarm any.
    /// Precondition: it is over.
    template <class OnDue>
    void fire_next(OnDue&& on_due) {
        const std::uint32_t slot = index_of(*next_);
        ++*next_;
        is_firing_ = true;
        fire(slot, on_due, start_of(*next_));
        is_firing_ = false;
    }

    /// Nothing is armed: leaves out the empty slots before `now`.
    void skip_to(base::Nanoseconds now) { next_ = slot_time(now); }

    /// Whatever was due before this moment has been called.
    base::Nanoseconds settled() const { return start_of(is_firing_ ? *next_ - 1 : *next_); }

  private:
    // 4,096 slots of 2^26 ns (67 ms): a horizon of 275 s, beyond the idle timeouts of all profiles.
    static constexpr int kSlotBits = 26;
    static constexpr std::int64_t kSlots = 4096;
    static constexpr std::uint32_t kFiring = kSlots;  ///< List of the slot that is being called back.
    static constexpr std::uint32_t kFirstItem = kSlots + 1;

    /// Rings: one node per slot as the anchor of its list, then one per item.
    struct Link {
        std::uint32_t before = 0;
        std::uint32_t after = 0;
    };

    static base::Nanoseconds start_of(std::int64_t slot) { return slot * (base::Nanoseconds{1} << kSlotBits); }
    static std::int64_t slot_time(base::Nanoseconds time) { return time >> kSlotBits; }
    static std::uint32_t index_of(std::int64_t slot) { return static_cast<std::uint32_t>(slot & (kSlots - 1)); }

    /// Where an item of that deadline belongs: the past fires next, what lies beyond the horizon last.
    std::int64_t due_slot(base::Nanoseconds deadline) const {
        const std::int64_t next = next_.value_or(slot_time(deadline));
        return std::clamp(slot_time(deadline), next, next + kSlots - 1);
    }

    std::size_t grown_capacity(std::size_t count) const { return std::max(links_.capacity() * 2, kFirstItem + count); }

    void unlink(std::uint32_t node) {
        const Link link = links_[node];
        links_[link.before].after = link.after;
        links_[link.after].before = link.before;
        links_[node] = {node, node};
    }

    void link(std::uint32_t node, std::uint32_t anchor) {
        const std::uint32_t last = links_[anchor].before;
        links_[node] = {last, anchor};
        links_[last].after = node;
        links_[anchor].before = node;
    }

    template <class OnDue>
    void fire(std::uint32_t slot, OnDue& on_due, base::Nanoseconds slot_end) {
        if (links_[slot].after == slot) return;
        // Set the list apart first: an item that is armed anew may land in this very slot.
        const Link list = links_[slot];
        links_[slot] = {slot, slot};
        links_[kFiring] = list;
        links_[list.after].before = kFiring;
        links_[list.before].after = kFiring;
        for (std::uint32_t node = links_[kFiring].after; node != kFiring; node = links_[kFiring].after) {
            unlink(node);
            on_due(node - kFirstItem, slot_end);
        }
    }

    std::vector<Link> links_;
    std::optional<std::int64_t> next_;   ///< The first slot, counted since 1970, that has not fired.
    bool is_firing_ = false;             ///< The slot before it is being called back.
    std::int64_t earliest_ = INT64_MAX;  ///< No item is armed in a slot before this one.
};

}  // namespace flowsift::flow
