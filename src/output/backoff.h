// Backoff: when something that failed is tried again: after twice as long each time, up to a limit, and by chance up to
// half sooner, so that many sensors do not come back to a peer in step. One owner, one thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/random.h"
#include "output/patience.h"

namespace flowsift::output {

class Backoff {
  public:
    using Clock = Patience::Clock;

    /// `first`: the longest wait after one failure; `most`: after any.
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most, std::uint64_t seed)
        : first_(first), most_(most), next_(first), random_(seed) {}

    /// It has failed at `now`.
    void fail(Clock::time_point now);
    /// It works again. What failed next is tried again as after the first failure.
    void reset() { next_ = first_; }

    /// When it is to be tried again.
    Clock::time_point due() const { return due_; }
    /// Until then; at the end of the run (Patience::hurry()) for a quarter of a second at most.
    void wait(const Patience& patience) const;

  private:
    std::chrono::milliseconds first_, most_, next_;
    Clock::time_point failed_ = {};
    Clock::time_point due_ = {};
    base::Random random_;
};

}  // namespace flowsift::output
