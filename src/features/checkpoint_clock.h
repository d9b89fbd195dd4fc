// CheckpointClock: knows which checkpoints of which live flows are due, and has them told.
//
// A number of packets is due with that packet. A period is due at each of its multiples (or doublings) before which the flow has had a
// packet since the one before: an idle flow is not told again and again. It is told when a later packet comes, when the
// flow ends, or by a timer when the clock of the capture has passed it, whichever is first: always of the packets up to
// that moment. Owned by one thread; allocates while the number of live flows reaches a new high.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "features/checkpoint.h"
#include "features/flow_event.h"
#include "features/flow_state.h"
#include "flow/side_array.h"
#include "flow/timer_wheel.h"

namespace flowsift::features {

class CheckpointClock {
  public:
    using Handle = std::uint32_t;

    explicit CheckpointClock(const std::vector<Checkpoint>& checkpoints);

    /// Without checkpoints nothing below needs to be called.
    bool is_wanted() const { return flows_.is_wanted(); }

    /// `flow` stays where it is until end().
    void start(Handle handle, const FlowState& flow) { flows_[handle] = {.flow = &flow}; }

    // Tell: (Handle, const FlowState&, checkpoint index, time).

    /// Before the flow takes in a packet of this time.
    template <class Tell>
    void before_packet(Handle handle, base::Nanoseconds time, Tell&& tell) {
        tell_due(handle, time - 1, tell);
    }

    /// Once it has.
    template <class Tell>
    void after_packet(Handle handle, base::Nanoseconds time, Tell&& tell) {
        Flow& flow = flows_[handle];
        if (flow.counts_done < packet_counts_.size() && packet_counts_[flow.counts_done] == flow.flow->total_packets())
            tell(handle, *flow.flow, flow.counts_done++, time);
        if (!periods_.empty()) await(handle, time);
    }

    /// The flow ends at this time.
    template <class Tell>
    void end(Handle handle, base::Nanoseconds time, Tell&& tell) {
        tell_due(handle, time, tell);
        disarm(handle);
        flows_[handle].flow = nullptr;
    }

    /// The capture's clock has come to `now`.
    template <class Tell>
    void advance(base::Nanoseconds now, Tell&& tell) {
        if (armed_ == 0) return wheel_.skip_to(now);
        while (wheel_.is_behind(now)) {
            wheel_.fire_next([&](Handle handle, base::Nanoseconds slot_end) {
                tell_due(handle, slot_end - 1, tell);  // While it still counts as armed: see settled().
                flows_[handle].is_armed = false;
                --armed_;
                arm(handle);
            });
        }
    }

    /// What is due from now on is not before this moment; without any flow that awaits something, the end of time.
    base::Nanoseconds settled() const { return armed_ == 0 ? kNever : wheel_.settled(); }

    /// All flows are about to end, in the order of their ends: puts what may be due before that in order.
    void begin_finish();

    /// Tells all that is due up to this event of the finish, whichever flow it is of.
    template <class Tell>
    void finish_until(const EventOrder& event, Tell&& tell) {
        for (; next_last_ < last_.size() && last_[next_last_].order <= event; ++next_last_) {
            const Last& last = last_[next_last_];
            if (flows_[last.handle].flow != nullptr) tell_due(last.handle, last.order.time, tell);
        }
    }

    void reserve(std::size_t flows) {
        flows_.reserve(flows);
        if (!is_wanted()) return;
        wheel_.reserve(flows);
        capacity_ = flows;
    }
    std::size_t growth_bytes(std::size_t flows) const {
        return is_wanted() ? flows_.growth_bytes(flows) + wheel_.growth_bytes(flows) : 0;
    }
    std::size_t bytes() const { return is_wanted() ? flows_.bytes() + wheel_.bytes() : 0; }

  private:
    static constexpr base::Nanoseconds kNever = std::numeric_limits<base::Nanoseconds>::max();
    struct Period {
        base::Nanoseconds every = 0;
        bool doubles = false;
    };
    using Dues = std::array<base::Nanoseconds, kMostPeriods>;
    static constexpr Dues kNothingDue = {kNever, kNever, kNever, kNever};

    struct Flow {
        const FlowState* flow = nullptr;
        Dues due = kNothingDue;  ///< By place in periods_.
        std::uint8_t counts_done = 0;
        bool is_armed = false;
    };
    /// Of the finish.
    struct Last {
        EventOrder order;
        Handle handle = 0;
    };

    template <class Tell>
    void tell_due(Handle handle, base::Nanoseconds until, Tell& tell) {
        Flow& flow = flows_[handle];
        for (std::size_t i = 0; i < periods_.size(); ++i) {
            if (flow.due[i] > until) continue;
            tell(handle, *flow.flow, static_cast<std::uint8_t>(packet_counts_.size() + i), flow.due[i]);
            flow.due[i] = kNever;
        }
    }

    /// A packet of this time came: each period that awaits nothing now awaits its next multiple.
    void await(Handle handle, base::Nanoseconds time);
    void arm(Handle handle);
    void disarm(Handle handle);

    std::vector<std::uint64_t> packet_counts_;  ///< Ascending.
    std::vector<Period> periods_;               ///< Ascending.
    flow::SideArray<Flow> flows_;
    std::size_t capacity_ = 0;  ///< Handles are below.
    flow::TimerWheel wheel_;
    std::size_t armed_ = 0;  ///< Flows in the wheel.
    std::vector<Last> last_;
    std::size_t next_last_ = 0;
};

}  // namespace flowsift::features
