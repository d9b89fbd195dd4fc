// TimerWheel: calls back items whose deadline the capture clock has passed, whether or not their key is seen again.
//
// Lazy: an item may be armed too early (its deadline moved on since, or lies beyond the wheel's horizon); whoever is
// called back looks at the true deadline and arms it anew. So a packet that prolongs a flow need not touch the wheel.
// An item is called at most one slot late. Can also tell the item that would be next. Owned by one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/growing_array.h"
#include "base/time.h"

namespace flowsift::flow {

class TimerWheel {
  public:
    using Item = std::uint32_t;  ///< A small number: an index of a slab.

    /// `most`: items are below it.
    explicit TimerWheel(std::size_t most = std::size_t{1} << 20) : links_(kFirstItem + most) { reserve(0); }

    /// Makes room for items below `count`. Arming an item makes room for it, too.
    void reserve(std::size_t count) {
        const std::size_t before = links_.size();
        links_.grow_to(kFirstItem + count);
        for (std::size_t i = before; i < links_.size(); ++i)
            links_[i] = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i)};
    }

    /// Allocated now, and by reserve(count).
    std::size_t bytes() const { return links_.bytes(); }
    std::size_t growth_bytes(std::size_t count) const { return links_.growth_bytes(kFirstItem + count); }

    /// Also moves an item that is armed already.
    void arm(Item item, base::Nanoseconds deadline) {
        if (kFirstItem + item >= links_.size()) reserve(std::size_t{item} + 1);
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
    /// `on_far` and `on_near` are told of each item a while before and shortly before, so that they may fetch memory.
    /// Precondition: it is over.
    template <class OnFar, class OnNear, class OnDue>
    void fire_next(OnFar&& on_far, OnNear&& on_near, OnDue&& on_due) {
        const std::uint32_t slot = index_of(*next_);
        ++*next_;
        if (links_[slot].after == slot) return;
        is_firing_ = true;
        set_apart(slot);
        const base::Nanoseconds slot_end = start_of(*next_);
        for (std::size_t fired = 0; links_[kFiring].after != kFiring; ++fired) {
            if (fired % kAhead == 0) look_ahead(on_far, on_near);
            const std::uint32_t node = links_[kFiring].after;
            unlink(node);
            on_due(node - kFirstItem, slot_end);
        }
        is_firing_ = false;
    }
    template <class OnDue>
    void fire_next(OnDue&& on_due) {
        fire_next([](Item) {}, [](Item) {}, on_due);
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
    static constexpr std::size_t kAhead = 8;  ///< Items; so many are told of at a time.

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

    /// An item that is armed anew while its slot fires may land in this very slot.
    void set_apart(std::uint32_t slot) {
        const Link list = links_[slot];
        links_[slot] = {slot, slot};
        links_[kFiring] = list;
        links_[list.after].before = kFiring;
        links_[list.before].after = kFiring;
    }

    template <class OnFar, class OnNear>
    void look_ahead(OnFar& on_far, OnNear& on_near) {
        std::uint32_t node = links_[kFiring].after;
        for (std::size_t i = 0; i < 2 * kAhead && node != kFiring; ++i, node = links_[node].after) {
            if (i < kAhead)
                on_near(node - kFirstItem);
            else
                on_far(node - kFirstItem);
        }
    }

    base::GrowingArray<Link> links_;
    std::optional<std::int64_t> next_;   ///< The first slot, counted since 1970, that has not fired.
    bool is_firing_ = false;             ///< The slot before it is being called back.
    std::int64_t earliest_ = INT64_MAX;  ///< No item is armed in a slot before this one.
};

}  // namespace flowsift::flow
