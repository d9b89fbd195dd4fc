// AlertGate: holds an alert back from the other sinks until the store has it on disk, so that no alert that anybody has
// seen is missing after a crash. Made by the run, told by the store's thread, asked by the threads of the other sinks.
//
// The store must not be able to silence alerts: where it cannot keep one (disk full, too slow), the alert goes out all
// the same after at most kLongestWait, and is counted as not kept.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace flowsift::output {

class AlertGate {
  public:
    static constexpr std::chrono::seconds kLongestWait{2};

    /// Alerts up to this number may go out: they are on disk, or are known to be lost.
    void let_pass(std::uint64_t number);

    /// From now on nothing is held back: the store has finished.
    void open() { let_pass(~std::uint64_t{0}); }

    bool has_passed(std::uint64_t number) const;

    /// Until `number` may go out or kLongestWait has passed.
    void wait_for(std::uint64_t number) const;

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable has_moved_;
    std::uint64_t passed_ = 0;
};

}  // namespace flowsift::output
