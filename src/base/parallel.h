// parallel_for: independent tasks over a few threads, for training and evaluation (never on the packet path).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace flowsift::base {

/// Number of threads for a request of 0 ("all") or more.
inline std::size_t resolve_threads(std::size_t requested) {
    return requested ? requested : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

/// Calls task(index, thread) for every index in [0, count); `thread` in [0, threads) selects scratch space.
/// Which thread takes an index is not determined: a task's result must not depend on it.
template <class Task>
void parallel_for(std::size_t count, std::size_t threads, Task&& task) {
    threads = std::min(resolve_threads(threads), std::max<std::size_t>(count, 1));
    std::atomic<std::size_t> next{0};
    auto work = [&](std::size_t thread) {
        for (std::size_t i = next++; i < count; i = next++) task(i, thread);
    };
    std::vector<std::jthread> others;
    for (std::size_t t = 1; t < threads; ++t) others.emplace_back(work, t);
    work(0);
}

}  // namespace flowsift::base
