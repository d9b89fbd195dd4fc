// Patience: how long a sink waits for the network. Every wait of its thread goes through here, so that the end of the
// run cuts it short.
//
// Owned by a sink. Waits are looked at again every 50 ms instead of being woken up: they last long and nobody is in a
// hurry before the end. hurry() by any thread, the rest by the sink's.
#pragma once

#include <atomic>
#include <chrono>

namespace flowsift::output {

class Patience {
  public:
    using Clock = std::chrono::steady_clock;

    /// The run ends: from now on nothing waits for longer than five seconds without progress, or twenty in all. The
    /// first call counts.
    void hurry();
    /// Something has got through.
    void progress();
    bool is_hurried() const { return end_.load() != kNever; }
    /// Hurried, and that time is over.
    bool is_spent() const { return Clock::now().time_since_epoch().count() >= end_.load(); }

    /// Waits until `descriptor` is ready for `events` (poll()). False: it was not until `until`, or patience is spent.
    bool wait_for(int descriptor, short events, Clock::time_point until) const;
    /// Until `until`, or patience is spent.
    void sleep(Clock::time_point until) const;
    /// As sleep(), and ends when hurry() is called.
    void sleep_unless_hurried(Clock::time_point until) const;
    /// As long as a single wait may last that looks at other things as well; zero: `until` is past, or patience spent.
    std::chrono::milliseconds slice(Clock::time_point until) const;

  private:
    static constexpr Clock::rep kNever = Clock::duration::max().count();

    std::atomic<Clock::rep> end_{kNever};  ///< Since the clock's epoch.
    std::atomic<Clock::rep> last_end_{kNever};
};

}  // namespace flowsift::output
