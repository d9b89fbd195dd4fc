// WorkPool: a few threads for what may wait: databases, hashes, files. The queue is bounded, so that a flood of
// requests is answered with 503 and not with memory.
//
// Owned by the server; try_run() from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace flowsift::serve {

class WorkPool {
  public:
    WorkPool(int threads, std::size_t most_waiting);
    ~WorkPool() { stop(); }
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    /// False: too many wait already, or the pool was stopped. `task` throws nothing.
    bool try_run(std::function<void()> task);
    /// Waits for what runs, and drops what waits.
    void stop();

  private:
    void work();

    std::size_t most_waiting_;
    std::mutex mutex_;
    std::condition_variable has_tasks_;
    std::deque<std::function<void()>> tasks_;
    bool is_stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace flowsift::serve
