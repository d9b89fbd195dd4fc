#include "features/flow_shard.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "features/flow_view.h"
#include "features/row_former.h"
#include "flow/assembler.h"

namespace flowsift::features {

struct FlowShard::Implementation {
    Implementation(const Options& options, const Schema& schema, EventSink& event_sink)
        : sink(event_sink),
          former(schema),
          batch(std::make_unique<EventBatch>(schema.size())),
          assembler(options.profile, options.memory_cap_bytes, *this, counters) {}

    // What the assembler tells; see flow::FlowReceiver. Accumulators that only some schemas need hang on the handle.

    void on_flow_started(std::uint32_t, const FlowState&) {}

    void on_packet(std::uint32_t, FlowState& state, const decode::Packet& packet, flow::Direction direction,
                   base::Nanoseconds time) {
        state.add(packet, direction, time);
    }

    void on_flow_ended(std::uint32_t, const FlowState& state, EndReason reason, base::Nanoseconds time) {
        emit({time, EventKind::kEnded, state.identity(reason)}, {&state});
    }

    void reserve(std::size_t) {}
    std::size_t growth_bytes(std::size_t) const { return 0; }
    std::size_t bytes() const { return 0; }

    void emit(const FlowEvent& event, const FlowView& view) {
        if (batch->is_full()) flush(is_finishing ? latest : settled());
        former.form(view, batch->add(event));
        latest = {event.time, event.identity.first};
    }

    EventOrder settled() const { return {assembler.settled(), std::numeric_limits<base::Nanoseconds>::min()}; }

    void flush(const EventOrder& watermark) { batch = sink.take(std::move(batch), watermark); }

    EventSink& sink;
    RowFormer former;
    std::unique_ptr<EventBatch> batch;
    EventOrder latest;          ///< Of the event told last.
    bool is_finishing = false;  ///< Events now come in their very order.
    flow::AssemblyCounters counters;
    flow::Assembler<FlowState, Implementation> assembler;
};

FlowShard::FlowShard(const Options& options, const Schema& schema, EventSink& sink)
    : implementation_(std::make_unique<Implementation>(options, schema, sink)) {}
FlowShard::~FlowShard() = default;

void FlowShard::prefetch_slot(std::uint32_t hash) const {
    implementation_->assembler.prefetch_slot(hash);
}
void FlowShard::prefetch_record(std::uint32_t hash) {
    implementation_->assembler.prefetch_record(hash);
}
void FlowShard::add(const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds time) {
    implementation_->assembler.add(packet, hash, time);
}
void FlowShard::add(std::span<const TimedPacket> packets) {
    // Touch the buckets of a few packets, then their records, then work: each fetch has time to arrive.
    constexpr std::size_t kAhead = 16;
    auto& assembler = implementation_->assembler;
    for (std::size_t begin = 0; begin < packets.size(); begin += kAhead) {
        const auto group = packets.subspan(begin, std::min(kAhead, packets.size() - begin));
        for (const TimedPacket& each : group) assembler.prefetch_slot(each.hash);
        for (const TimedPacket& each : group) assembler.prefetch_record(each.hash);
        for (const TimedPacket& each : group) assembler.add(each.packet, each.hash, each.time);
    }
}
void FlowShard::advance(base::Nanoseconds now) {
    implementation_->assembler.advance(now);
}
void FlowShard::flush() {
    implementation_->flush(implementation_->settled());
}
void FlowShard::finish() {
    implementation_->flush(implementation_->settled());
    implementation_->is_finishing = true;
    implementation_->assembler.finish();
    implementation_->flush(implementation_->latest);
}
const flow::AssemblyCounters& FlowShard::counters() const {
    return implementation_->counters;
}
std::size_t FlowShard::memory_bytes() const {
    return implementation_->assembler.memory_bytes();
}

}  // namespace flowsift::features
