#include "features/flow_shard.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "features/attribute_collector.h"
#include "features/checkpoint_clock.h"
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
          former(schema, Stage::kFlow),
          checkpoints(options.checkpoints),
          tells_starts(RowFormer(schema, Stage::kOrder).needs(GroupId::kHost)),
          attributes(has_attributes(options, former), attribute_memory(options, former)),
          payload(former.needs(GroupId::kPayload)),
          early(former.needs(GroupId::kEarly)),
          tcp(former.needs(GroupId::kTcp)),
          has_side_arrays(attributes.is_wanted() || payload.is_wanted() || early.is_wanted() || tcp.is_wanted()),
          batch(std::make_unique<EventBatch>(schema.size())),
          assembler(options.profile, assembly_memory(options, former), *this, counters) {}

    /// What the clock of the checkpoints calls.
    auto to_tell() {
        return [this](std::uint32_t handle, const FlowState& state, std::uint8_t checkpoint, base::Nanoseconds time) {
            add(handle, state, EventKind::kCheckpoint, time, EndReason::kShutdown, checkpoint);
        };
    }

    // What the assembler tells; see flow::FlowReceiver. Accumulators that only some schemas need hang on the handle.

    void on_flow_started(std::uint32_t handle, const FlowState& state) {
        if (checkpoints.is_wanted()) checkpoints.start(handle, state);
        if (attributes.is_wanted()) attributes.start(handle);
        if (payload.is_wanted()) payload[handle] = {};
        if (early.is_wanted()) early[handle].clear();
        if (tcp.is_wanted()) tcp[handle] = {};
    }

    void on_packet(std::uint32_t handle, FlowState& state, const decode::Packet& packet, flow::Direction direction,
                   base::Nanoseconds time) {
        if (checkpoints.is_wanted()) checkpoints.before_packet(handle, time, to_tell());
        if (has_side_arrays) add_aside(handle, state, packet, direction, time);
        state.add(packet, direction, time);
    }

    void on_packet_added(std::uint32_t handle, const FlowState& state, base::Nanoseconds time) {
        if (tells_starts && state.total_packets() == 1) add(handle, state, EventKind::kStarted, time);
        if (checkpoints.is_wanted()) checkpoints.after_packet(handle, time, to_tell());
    }

    void on_slot_over(base::Nanoseconds time) {
        if (checkpoints.is_wanted()) checkpoints.advance(time, to_tell());
    }

    void on_flow_ended(std::uint32_t handle, const FlowState& state, EndReason reason, base::Nanoseconds time) {
        if (checkpoints.is_wanted()) end_checkpoints(handle, state, time);
        add(handle, state, EventKind::kEnded, time, reason);
        if (attributes.is_wanted()) attributes.end(handle);
    }

    void end_checkpoints(std::uint32_t handle, const FlowState& state, base::Nanoseconds time) {
        if (is_finishing) checkpoints.finish_until({time, state.first}, to_tell());
        checkpoints.end(handle, time, to_tell());
    }

    void reserve(std::size_t flows) {
        checkpoints.reserve(flows);
        attributes.reserve(flows);
        payload.reserve(flows);
        early.reserve(flows);
        tcp.reserve(flows);
    }
    std::size_t growth_bytes(std::size_t flows) const {
        return checkpoints.growth_bytes(flows) + attributes.growth_bytes(flows) + payload.growth_bytes(flows) +
               early.growth_bytes(flows) + tcp.growth_bytes(flows);
    }
    std::size_t bytes() const {
        return checkpoints.bytes() + attributes.bytes() + payload.bytes() + early.bytes() + tcp.bytes();
    }

    void add_aside(std::uint32_t handle, const FlowState& state, const decode::Packet& packet,
                   flow::Direction direction, base::Nanoseconds time) {
        const std::int64_t now = base::floor_to_microseconds(time);
        const std::int64_t gap = state.total_packets() > 0 ? now - base::floor_to_microseconds(state.last) : 0;
        if (attributes.is_wanted()) attributes.add(handle, packet, direction);
        if (payload.is_wanted()) payload[handle].add(packet, direction);
        if (early.is_wanted()) early[handle].add(packet, direction, static_cast<std::uint32_t>(gap));
        if (tcp.is_wanted()) tcp[handle].add(packet, direction, now);
    }

    FlowView view(std::uint32_t handle, const FlowState& state) const {
        return {.flow = &state,
                .early = early.is_wanted() ? &early[handle] : nullptr,
                .tcp = tcp.is_wanted() ? &tcp[handle] : nullptr,
                .payload = payload.is_wanted() ? &payload[handle] : nullptr,
                .attributes = attributes.is_wanted() ? attributes.find(handle) : nullptr};
    }

    /// A new event with its row, if it has one.
    void add(std::uint32_t handle, const FlowState& state, EventKind kind, base::Nanoseconds time,
             EndReason reason = EndReason::kShutdown, std::uint8_t checkpoint = 0) {
        if (batch->is_full()) flush(is_finishing ? latest : settled());
        latest = {time, state.first};
        const std::uint64_t bytes =
            state.sides[flow::kForward].payload.sum() + state.sides[flow::kBackward].payload.sum();
        const FlowView seen = view(handle, state);
        const auto [event, values] = batch->add(kind == EventKind::kStarted ? nullptr : seen.attributes);
        // In place: a row is written once and read once.
        new (&event) FlowEvent{time, kind, state.identity(reason), bytes, checkpoint};
        if (kind != EventKind::kStarted) former.form(seen, values);
    }

    EventOrder settled() const {
        return {std::min(assembler.settled(), checkpoints.settled()), std::numeric_limits<base::Nanoseconds>::min()};
    }

    void flush(const EventOrder& watermark) { batch = sink.take(std::move(batch), watermark); }

    EventSink& sink;
    RowFormer former;
    CheckpointClock checkpoints;
    bool tells_starts;
    AttributeCollector attributes;
    flow::SideArray<PayloadMeter> payload;
    flow::SideArray<EarlyPackets> early;
    flow::SideArray<TcpMeter> tcp;
    bool has_side_arrays;  ///< Any of the four.
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
    return has_attributes(options, RowFormer(schema, Stage::kFlow));
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
    implementation_->checkpoints.begin_finish();
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
