// TimeKeeper: gives each packet its time, the one that features see, before packets part for their flows.
//
// Time never runs backwards: a packet stamped earlier than the latest seen is taken to have come at that moment. A
// jump ahead of over an hour is held back, as a copy, until the next packet or tick shows whether time did jump. One
// per capture, on the thread that reads it.
#pragma once

#include <cstdint>

#include "flow/capture_clock.h"
#include "flow/counters.h"
#include "flow/held_packet.h"

namespace flowsift::flow {

class TimeKeeper {
  public:
    /// `counters` must outlive the keeper.
    explicit TimeKeeper(TimeCounters& counters) : counters_(counters) {}

    /// Calls `emit(packet, hash, time)` for the packet held back so far, if this one tells its fate, and for this one
    /// unless it is held back in turn. `hash` is the caller's. Views of a packet live for the call only.
    template <class Emit>
    void add(const decode::Packet& packet, std::uint32_t hash, Emit&& emit) {
        const base::Nanoseconds time = CaptureClock::bounded(packet.timestamp);
        if (held_.is_full) release(time, emit);
        if (clock_.is_jump(time))
            held_.fill(packet, hash, time);
        else
            pass(packet, hash, time, emit);
    }

    /// The wall clock of a silent link. Returns whether timers may have moved; see now().
    template <class Emit>
    bool tick(base::Nanoseconds wall_clock, Emit&& emit) {
        const base::Nanoseconds time = CaptureClock::bounded(wall_clock);
        if (held_.is_full) release(time, emit);
        return clock_.has_started() && clock_.on_tick(time);
    }

    /// The capture is over: a packet that is still held back is believed, for nothing is left to protect.
    template <class Emit>
    void finish(Emit&& emit) {
        if (!held_.is_full) return;
        ++counters_.held_back_jumps;
        pass_held(held_.time, emit);
    }

    bool has_started() const { return clock_.has_started(); }
    /// Time of the latest packet or tick. Precondition: has_started().
    base::Nanoseconds now() const { return clock_.timers(); }

  private:
    template <class Emit>
    void pass(const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds stamp, Emit& emit) {
        const base::Nanoseconds time = clock_.on_packet(stamp);
        if (time != packet.timestamp) ++counters_.clamped_timestamps;
        emit(packet, hash, time);
    }

    /// `time` of a later packet or tick shows whether time jumped or the held packet's stamp is absurd.
    template <class Emit>
    void release(base::Nanoseconds time, Emit& emit) {
        const bool is_confirmed = clock_.is_jump(time) && time >= held_.time - CaptureClock::kLongestJump;
        if (is_confirmed) return pass_held(held_.time, emit);
        ++counters_.held_back_jumps;  // Counted here, and not as clamped besides.
        held_.packet.timestamp = clock_.latest_packet();
        pass_held(held_.packet.timestamp, emit);
    }

    template <class Emit>
    void pass_held(base::Nanoseconds stamp, Emit& emit) {
        held_.is_full = false;
        pass(held_.packet, held_.hash, stamp, emit);
    }

    CaptureClock clock_;
    HeldPacket held_;
    TimeCounters& counters_;
};

}  // namespace flowsift::flow
