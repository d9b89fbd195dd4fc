#include "features/flow_meter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "features/flow_shard.h"
#include "flow/flow_key.h"
#include "flow/time_keeper.h"

namespace flowsift::features {

struct FlowMeter::Implementation final : EventSink {
    Implementation(const Options& options, const Schema& schema, FlowListener& listener)
        : hash_key(options.hash_key),
          sequence(schema, 1, listener),
          shard({options.profile, options.memory_cap_bytes, options.with_attributes}, schema, *this) {}

    std::unique_ptr<EventBatch> take(std::unique_ptr<EventBatch> batch, const EventOrder& watermark) override {
        sequence.take(0, std::move(batch), watermark);
        return sequence.spare();
    }

    std::uint32_t hash_of(const decode::Packet& packet) const {
        return flow::hash_of(flow::oriented_key(packet).key, hash_key);
    }

    /// What the time keeper calls.
    auto to_shard() {
        return [this](const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds time) {
            shard.add(packet, hash, time);
        };
    }

    base::HashKey hash_key;
    flow::TimeCounters time_counters;
    flow::TimeKeeper keeper{time_counters};
    EventSequence sequence;
    FlowShard shard;
};

FlowMeter::FlowMeter(const Options& options, const Schema& schema, FlowListener& listener)
    : implementation_(std::make_unique<Implementation>(options, schema, listener)) {}
FlowMeter::~FlowMeter() = default;

void FlowMeter::add(std::span<const decode::Packet> packets) {
    // Hash some packets and fetch their slots of the table; then fetch the record of a packet a few packets before its
    // turn: each fetch has time to arrive.
    constexpr std::size_t kGroup = 64, kAhead = 8;
    Implementation& meter = *implementation_;
    std::array<std::uint32_t, kGroup> hashes;
    for (std::size_t begin = 0; begin < packets.size(); begin += kGroup) {
        const auto group = packets.subspan(begin, std::min(kGroup, packets.size() - begin));
        for (std::size_t i = 0; i < group.size(); ++i) {
            hashes[i] = meter.hash_of(group[i]);
            meter.shard.prefetch_slot(hashes[i]);
        }
        for (std::size_t i = 0; i < std::min(kAhead, group.size()); ++i) meter.shard.prefetch_record(hashes[i]);
        for (std::size_t i = 0; i < group.size(); ++i) {
            if (i + kAhead < group.size()) meter.shard.prefetch_record(hashes[i + kAhead]);
            meter.keeper.add(group[i], hashes[i], meter.to_shard());
        }
    }
    meter.shard.flush();
}
void FlowMeter::tick(base::Nanoseconds now) {
    Implementation& meter = *implementation_;
    if (meter.keeper.tick(now, meter.to_shard())) meter.shard.advance(meter.keeper.now());
    meter.shard.flush();
}
void FlowMeter::finish() {
    implementation_->keeper.finish(implementation_->to_shard());
    implementation_->shard.finish();
    implementation_->sequence.close(0);
}
MeterCounters FlowMeter::counters() const {
    return {implementation_->shard.counters(), implementation_->time_counters};
}
std::size_t FlowMeter::memory_bytes() const {
    return implementation_->shard.memory_bytes();
}

}  // namespace flowsift::features
