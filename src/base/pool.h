// Pool: things that go round between threads and keep what they have allocated. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace flowsift::base {

template <class T>
class Pool {
  public:
    /// nullptr: none is here.
    std::unique_ptr<T> take() {
        const std::lock_guard lock(mutex_);
        if (items_.empty()) return nullptr;
        auto item = std::move(items_.back());
        items_.pop_back();
        return item;
    }
    void put(std::unique_ptr<T> item) {
        const std::lock_guard lock(mutex_);
        items_.push_back(std::move(item));
    }

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<T>> items_;
};

}  // namespace flowsift::base
