// SlotRing: a fixed number of reusable slots between one giver and one taker thread. A slow taker never stops a giver
// that does not want to wait: claim() then says that there is no room.
//
// Slots are filled and read in place and keep what they have allocated, so nothing is allocated after warm-up. The
// lock is held for a few instructions. wake() is apart from publish(), so that a giver of many small things wakes the
// taker once for all of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

namespace flowsift::base {

template <class T>
class SlotRing {
  public:
    /// `capacity`: at least 1.
    explicit SlotRing(std::size_t capacity) : slots_(capacity) {}

    std::size_t capacity() const { return slots_.size(); }
    /// Any thread.
    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return used_;
    }

    /// Giver: the next slot, holding what it held before, to be filled and given by publish(). nullptr: no more than
    /// `reserved` slots are free.
    T* claim(std::size_t reserved = 0) {
        const std::lock_guard lock(mutex_);
        return has_room(reserved) ? &slots_[next_] : nullptr;
    }

    /// As claim(), but waits for room. Precondition: reserved < capacity().
    T& claim_waiting(std::size_t reserved = 0) {
        std::unique_lock lock(mutex_);
        has_items_.notify_one();
        has_room_.wait(lock, [&] { return has_room(reserved); });
        return slots_[next_];
    }

    /// Giver: the claimed slot is the taker's now.
    void publish() {
        const std::lock_guard lock(mutex_);
        next_ = following(next_);
        ++used_;
        if (used_ * 2 >= slots_.size()) has_items_.notify_one();
    }

    void wake() {
        const std::lock_guard lock(mutex_);
        if (used_ > 0) has_items_.notify_one();
    }

    /// Giver: nothing more will come. The taker still gets what is there.
    void close() {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        has_items_.notify_one();
    }

    /// Taker: published slots that lie side by side, oldest first, at most `most`; waits for the first. Empty: none
    /// came for `longest`, or there will be no more (is_finished()).
    std::span<T> take(std::chrono::milliseconds longest, std::size_t most) {
        std::unique_lock lock(mutex_);
        has_items_.wait_for(lock, longest, [this] { return used_ > 0 || is_closed_; });
        return std::span<T>(slots_).subspan(oldest_, std::min({used_, most, slots_.size() - oldest_}));
    }

    /// Taker: the first `count` slots of the latest take() are the giver's again.
    void release(std::size_t count) {
        const std::lock_guard lock(mutex_);
        oldest_ = (oldest_ + count) % slots_.size();
        used_ -= count;
        has_room_.notify_one();
    }

    bool is_finished() const {
        const std::lock_guard lock(mutex_);
        return is_closed_ && used_ == 0;
    }

  private:
    bool has_room(std::size_t reserved) const { return used_ + reserved < slots_.size(); }
    std::size_t following(std::size_t place) const { return place + 1 == slots_.size() ? 0 : place + 1; }

    std::vector<T> slots_;
    mutable std::mutex mutex_;
    std::condition_variable has_items_;
    std::condition_variable has_room_;
    std::size_t next_ = 0;    ///< To be claimed.
    std::size_t oldest_ = 0;  ///< To be taken.
    std::size_t used_ = 0;
    bool is_closed_ = false;
};

}  // namespace flowsift::base
