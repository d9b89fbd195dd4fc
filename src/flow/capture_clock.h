// CaptureClock: the time of a capture as its packets (and, on a silent link, ticks) tell it. Never runs backwards.
//
// Packets alone make the time that features see. Ticks only drive timers: a packet earlier than a tick keeps its time.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace flowsift::flow {

class CaptureClock {
  public:
    /// Jumps ahead by more than this want a confirmation.
    static constexpr base::Nanoseconds kLongestJump = 3'600 * base::kSecond;

    /// Years 1823 to 2116: no difference of two such times overflows.
    static base::Nanoseconds bounded(base::Nanoseconds time) { return std::clamp(time, -kFarthest, kFarthest); }

    /// `time` is bounded, as everywhere below.
    bool is_jump(base::Nanoseconds time) const { return timers_ && time - *timers_ > kLongestJump; }

    bool has_started() const { return packets_.has_value(); }

    /// The time that a packet so stamped is taken to have: its own, or the latest seen if that is later.
    base::Nanoseconds on_packet(base::Nanoseconds time) {
        packets_ = std::max(packets_.value_or(time), time);
        timers_ = std::max(timers_.value_or(time), *packets_);
        return *packets_;
    }

    /// A jump counts only when a second tick confirms it: the system's clock may have been set. Returns whether time
    /// may have moved.
    bool on_tick(base::Nanoseconds time) {
        const bool is_confirmed = jumped_tick_ && time >= *jumped_tick_;
        jumped_tick_.reset();
        if (is_jump(time) && !is_confirmed) {
            jumped_tick_ = time;
            return false;
        }
        timers_ = std::max(timers_.value_or(time), time);
        return true;
    }

    /// Precondition of both: has_started().
    base::Nanoseconds latest_packet() const { return *packets_; }
    base::Nanoseconds timers() const { return *timers_; }

  private:
    static constexpr base::Nanoseconds kFarthest = (std::int64_t{1} << 62) - 1;

    std::optional<base::Nanoseconds> packets_;      ///< Latest packet.
    std::optional<base::Nanoseconds> timers_;       ///< Latest packet or tick.
    std::optional<base::Nanoseconds> jumped_tick_;  ///< A tick that waits for its confirmation.
};

}  // namespace flowsift::flow
