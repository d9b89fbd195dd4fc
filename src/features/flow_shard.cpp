#include "features/flow_shard.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "features/attribute_collector.h"
#include "features/flow_view.h"
#include "features/row_former.h"
#include "flow/assembler.h"
#include "flow/side_array.h"

namespace flowsift::features {
namespace {

static_assert(FlowShard::kPayloadRead == AttributeCollector::kPayloadRead);

/// Of the memory cap, for what hangs on flows that tell something; enough for a block of them at the least.
constexpr std::size_t kLeastAttributeMemory = std::size_t{1} << 19;

bool has_attributes(const FlowShard::Options& options, const RowFormer& former) {
    return options.with_attributes || former.needs(GroupId::kPayload);
}

std::size_t attribute_memory(const FlowShard::Options& options, const RowFormer& former) {
    return has_attributes(options, former) ? std::max(options.memory_cap_bytes / 4, kLeastAttributeMemory) : 0;
}

std::size_t assembly_memory(const FlowShard::Options& options, const RowFormer& former) {
    return options.memory_cap_bytes - std::min(options.memory_cap_bytes, attribute_memory(options, former));
}

}  // namespace

struct FlowShard::Implementation {
    Implementation(const Options& options, const Schema& schema, EventSink& event_sink)
        : sink(event_sink),
          former(schema),
          attributes(has_attributes(options, former), attribute_memory(options, former)),
          payload(former.needs(GroupId::kPayload)),
          batch(std::make_unique<EventBatch>(schema.size())),
          assembler(options.profile, assembly_memory(options, former), *this, counters) {}

    // What the assembler tells; see flow::FlowReceiver. Accumulators that only some schemas need hang on the handle.

    void on_flow_started(std::uint32_t flow, const FlowState&) {
        if (attributes.is_wanted()) attributes.start(flow);
        if (payload.is_wanted()) payload[flow] = {};
    }

    void on_packet(std::uint32_t flow, FlowState& state, const decode::Packet& packet, flow::Direction direction,
                   base::Nanoseconds time) {
        if (attributes.is_wanted()) attributes.add(flow, packet, direction);
        if (payload.is_wanted()) payload[flow].add(packet, direction);
        state.add(packet, direction, time);
    }

    void on_flow_ended(std::uint32_t flow, const FlowState& state, EndReason reason, base::Nanoseconds time) {
        if (batch->is_full()) flush(is_finishing ? latest : settled());
        const FlowView seen = view(flow, state);
        const auto [event, values] = batch->add(seen.attributes);
        // In place: a row is written once and read once.
        new (&event) FlowEvent{time, EventKind::kEnded, state.identity(reason)};
        former.form(seen, values);
        latest = {time, state.first};
        if (attributes.is_wanted()) attributes.end(flow);
    }

    void reserve(std::size_t flows) {
        attributes.reserve(flows);
        payload.reserve(flows);
    }
    std::size_t growth_bytes(std::size_t flows) const {
        return attributes.growth_bytes(flows) + payload.growth_bytes(flows);
    }
    std::size_t bytes() const { return attributes.bytes() + payload.bytes(); }

    FlowView view(std::uint32_t flow, const FlowState& state) const {
        return {.flow = &state,
                .payload = payload.is_wanted() ? &payload[flow] : nullptr,
                .attributes = attributes.is_wanted() ? attributes.find(flow) : nullptr};
    }

    EventOrder settled() const { return {assembler.settled(), std::numeric_limits<base::Nanoseconds>::min()}; }

    void flush(const EventOrder& watermark) { batch = sink.take(std::move(batch), watermark); }

    EventSink& sink;
    RowFormer former;
    AttributeCollector attributes;
    flow::SideArray<PayloadMeter> payload;
    std::unique_ptr<EventBatch> batch;
    EventOrder latest;          ///< Of the event told last.
    bool is_finishing = false;  ///< Events now come in their very order.
    flow::AssemblyCounters counters;
    flow::Assembler<FlowState, Implementation> assembler;
};

FlowShard::FlowShard(const Options& options, const Schema& schema, EventSink& sink)
    : implementation_(std::make_unique<Implementation>(options, schema, sink)) {}
FlowShard::~FlowShard() = default;

bool FlowShard::is_payload_read(const Options& options, const Schema& schema) {
    return has_attributes(options, RowFormer(schema));
}

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
    // Fetch the buckets of some packets; then the record of a packet a few packets before its turn: each fetch has time
    // to arrive.
    constexpr std::size_t kGroup = 64, kAhead = 8;
    auto& assembler = implementation_->assembler;
    for (std::size_t begin = 0; begin < packets.size(); begin += kGroup) {
        const auto group = packets.subspan(begin, std::min(kGroup, packets.size() - begin));
        for (const TimedPacket& each : group) assembler.prefetch_slot(each.hash);
        for (const TimedPacket& each : group.first(std::min(kAhead, group.size())))
            assembler.prefetch_record(each.hash);
        for (std::size_t i = 0; i < group.size(); ++i) {
            if (i + kAhead < group.size()) assembler.prefetch_record(group[i + kAhead].hash);
            assembler.add(group[i].packet, group[i].hash, group[i].time);
        }
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
ShardCounters FlowShard::counters() const {
    return {implementation_->counters, implementation_->attributes.counters()};
}
std::size_t FlowShard::memory_bytes() const {
    return implementation_->assembler.memory_bytes() + implementation_->attributes.pool_bytes();
}

}  // namespace flowsift::features
