#include "features/checkpoint_clock.h"

#include <algorithm>

namespace flowsift::features {
namespace {

/// The first at or after `age`, both since the flow's first packet. Flows last hours at most.
base::Nanoseconds next_due(base::Nanoseconds every, bool doubles, base::Nanoseconds age) {
    if (!doubles) return std::max<base::Nanoseconds>((age + every - 1) / every, 1) * every;
    base::Nanoseconds due = every;
    while (due < age) due *= 2;
    return due;
}

}  // namespace

CheckpointClock::CheckpointClock(const std::vector<Checkpoint>& checkpoints) : flows_(!checkpoints.empty()) {
    for (const Checkpoint& checkpoint : checkpoints) {
        if (checkpoint.every > 0)
            periods_.push_back({checkpoint.every, checkpoint.doubles});
        else
            packet_counts_.push_back(checkpoint.packets);
    }
}

void CheckpointClock::await(Handle handle, base::Nanoseconds time) {
    Flow& flow = flows_[handle];
    const base::Nanoseconds age = time - flow.flow->first;
    bool has_changed = false;
    for (std::size_t i = 0; i < periods_.size(); ++i) {
        if (flow.due[i] != kNever) continue;
        flow.due[i] = flow.flow->first + next_due(periods_[i].every, periods_[i].doubles, age);
        has_changed = true;
    }
    if (!has_changed) return;
    if (armed_ == 0) wheel_.skip_to(time);
    disarm(handle);
    arm(handle);
}

void CheckpointClock::arm(Handle handle) {
    Flow& flow = flows_[handle];
    const base::Nanoseconds due = *std::min_element(flow.due.begin(), flow.due.end());
    if (due == kNever) return;
    wheel_.arm(handle, due);
    flow.is_armed = true;
    ++armed_;
}

void CheckpointClock::disarm(Handle handle) {
    Flow& flow = flows_[handle];
    if (!flow.is_armed) return;
    wheel_.disarm(handle);
    flow.is_armed = false;
    --armed_;
}

void CheckpointClock::begin_finish() {
    for (Handle handle = 0; handle < capacity_; ++handle) {
        const Flow& flow = flows_[handle];
        if (flow.flow == nullptr) continue;
        for (const base::Nanoseconds due : flow.due)
            if (due != kNever) last_.push_back({{due, flow.flow->first}, handle});
    }
    std::ranges::sort(last_, {}, &Last::order);
}

}  // namespace flowsift::features
