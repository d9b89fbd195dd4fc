#include "features/event_sequence.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace flowsift::features {
namespace {

constexpr base::Nanoseconds kAlways = std::numeric_limits<base::Nanoseconds>::min();
constexpr base::Nanoseconds kNever = std::numeric_limits<base::Nanoseconds>::max();

auto ends_of(const FlowIdentity& flow) {
    return std::tie(flow.source, flow.destination, flow.source_port, flow.destination_port, flow.protocol, flow.vlan,
                    flow.tunnel_id, flow.last);
}

}  // namespace

EventSequence::EventSequence(const Schema& schema, std::size_t shards, FlowListener& listener)
    : values_per_row_(schema.size()), listener_(listener), watermarks_(shards, EventOrder{kAlways, kAlways}) {}

std::unique_ptr<EventBatch> EventSequence::spare() {
    if (spares_.empty()) return std::make_unique<EventBatch>(values_per_row_);
    auto batch = std::move(spares_.back());
    spares_.pop_back();
    return batch;
}

void EventSequence::take(std::size_t shard, std::unique_ptr<EventBatch> batch, const EventOrder& watermark) {
    watermarks_[shard] = std::max(watermarks_[shard], watermark);
    if (batch->size() == 0) {
        spares_.push_back(std::move(batch));
    } else {
        add_pending(hold(std::move(batch)));
    }
    release();
}

void EventSequence::add_pending(std::uint32_t place) {
    const EventBatch& events = *held_[place].batch;
    const auto before = [this](const Pending& a, const Pending& b) { return is_before(a, b); };
    fresh_.clear();
    for (std::uint32_t i = 0; i < events.size(); ++i)
        fresh_.push_back({{events.event(i).time, events.event(i).identity.first}, place, i});
    if (!std::is_sorted(fresh_.begin(), fresh_.end(), before)) std::sort(fresh_.begin(), fresh_.end(), before);
    merged_.clear();
    std::merge(pending_.begin(), pending_.end(), fresh_.begin(), fresh_.end(), std::back_inserter(merged_), before);
    std::swap(pending_, merged_);
}

void EventSequence::close(std::size_t shard) {
    watermarks_[shard] = {kNever, kNever};
    release();
}

std::uint32_t EventSequence::hold(std::unique_ptr<EventBatch> batch) {
    const std::size_t events = batch->size();
    if (free_.empty()) {
        held_.push_back({std::move(batch), events});
        return static_cast<std::uint32_t>(held_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    held_[place] = {std::move(batch), events};
    return place;
}

bool EventSequence::is_before(const Pending& a, const Pending& b) const {
    if (a.order != b.order) return a.order < b.order;
    const FlowEvent &x = held_[a.held].batch->event(a.event), &y = held_[b.held].batch->event(b.event);
    if (const auto ends = ends_of(x.identity) <=> ends_of(y.identity); ends != 0) return ends < 0;
    if (x.kind != y.kind) return x.kind < y.kind;
    // Echoes of one moment that only their identifier tells apart: rows that are the same may stand in any order.
    return std::ranges::lexicographical_compare(held_[a.held].batch->values(a.event),
                                                held_[b.held].batch->values(b.event));
}

void EventSequence::release() {
    const EventOrder final = *std::min_element(watermarks_.begin(), watermarks_.end());
    const auto later = std::partition_point(pending_.begin(), pending_.end(),
                                            [&](const Pending& each) { return each.order < final; });
    std::for_each(pending_.begin(), later, [this](const Pending& each) { hand_over(each); });
    pending_.erase(pending_.begin(), later);
}

void EventSequence::hand_over(const Pending& pending) {
    Held& held = held_[pending.held];
    listener_.on_flow_ended({held.batch->event(pending.event).identity, held.batch->values(pending.event),
                             held.batch->attributes(pending.event)});
    if (--held.left > 0) return;
    held.batch->clear();
    spares_.push_back(std::move(held.batch));
    free_.push_back(pending.held);
}

}  // namespace flowsift::features
