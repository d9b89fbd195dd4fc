#include "serve/work_pool.h"

#include <utility>

#include "base/blocked_signals.h"

namespace flowsift::serve {

WorkPool::WorkPool(int threads, std::size_t most_waiting) : most_waiting_(most_waiting) {
    const base::BlockedSignals blocked;
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

bool WorkPool::try_run(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (is_stopped_ || tasks_.size() >= most_waiting_) return false;
        tasks_.push_back(std::move(task));
    }
    has_tasks_.notify_one();
    return true;
}

void WorkPool::stop() {
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(mutex_);
        is_stopped_ = true;
        dropped.swap(tasks_);
    }
    has_tasks_.notify_all();
    for (std::thread& thread : threads_)
        if (thread.joinable()) thread.join();
}

void WorkPool::work() {
    for (;;) {
        std::unique_lock lock(mutex_);
        has_tasks_.wait(lock, [this] { return is_stopped_ || !tasks_.empty(); });
        if (is_stopped_) return;
        const std::function<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
    }
}

}  // namespace flowsift::serve
