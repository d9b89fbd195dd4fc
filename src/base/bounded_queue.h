// BoundedQueue: hands whole batches from one thread to another; full, the giver waits, empty, the taker.
//
// A lock per batch of hundreds of packets costs nothing that can be measured; nothing is locked per packet.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace flowsift::base {

template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    void push(T item) {
        {
            std::unique_lock lock(mutex_);
            has_room_.wait(lock, [this] { return items_.size() < capacity_; });
            items_.push_back(std::move(item));
        }
        has_items_.notify_one();
    }

    T pop() {
        std::unique_lock lock(mutex_);
        has_items_.wait(lock, [this] { return !items_.empty(); });
        T item = std::move(items_.front());
        items_.pop_front();
        lock.unlock();
        has_room_.notify_one();
        return item;
    }

    /// Empty: nothing came for `longest`.
    std::optional<T> pop_for(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        if (!has_items_.wait_for(lock, longest, [this] { return !items_.empty(); })) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        lock.unlock();
        has_room_.notify_one();
        return item;
    }

  private:
    std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable has_items_;
    std::condition_variable has_room_;
    std::deque<T> items_;
};

}  // namespace flowsift::base
