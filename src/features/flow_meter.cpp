#include "features/flow_meter.h"

#include <algorithm>
#include <array>

#include "features/flow_state.h"
#include "flow/assembler.h"

namespace flowsift::features {

struct FlowMeter::Implementation {
    Implementation(const Options& options, const Schema& wanted, FlowListener& flow_listener)
        : listener(flow_listener),
          values(wanted.size()),
          assembler(options.profile, options.hash_key, options.memory_cap_bytes, *this) {
        for (std::size_t i = 0; i < wanted.size(); ++i) formulas.push_back(wanted.feature(i).value);
    }

    void on_flow_ended(const FlowState& state, EndReason reason) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = formulas[i](state);
        const FlowIdentity identity = state.identity(reason);
        listener.on_flow_ended({identity, values});
    }

    FlowListener& listener;
    std::vector<double (*)(const FlowState&)> formulas;  ///< Of the schema, in its order.
    std::vector<double> values;                          ///< The row that is handed over, formed anew for each flow.
    flow::Assembler<FlowState, Implementation> assembler;
};

FlowMeter::FlowMeter(const Options& options, const Schema& schema, FlowListener& listener)
    : implementation_(std::make_unique<Implementation>(options, schema, listener)) {}
FlowMeter::~FlowMeter() = default;

void FlowMeter::add(const decode::Packet& packet) {
    implementation_->assembler.add(packet);
}
void FlowMeter::add(std::span<const decode::Packet> packets) {
    // Hash and touch the bucket of a few packets, then touch their records, then work: each fetch has time to arrive.
    constexpr std::size_t kAhead = 16;
    auto& assembler = implementation_->assembler;
    std::array<std::uint32_t, kAhead> hashes;
    for (std::size_t begin = 0; begin < packets.size(); begin += kAhead) {
        const auto group = packets.subspan(begin, std::min(kAhead, packets.size() - begin));
        for (std::size_t i = 0; i < group.size(); ++i) hashes[i] = assembler.prefetch_slot(group[i]);
        for (std::size_t i = 0; i < group.size(); ++i) assembler.prefetch_record(hashes[i]);
        for (std::size_t i = 0; i < group.size(); ++i) assembler.add(group[i], hashes[i]);
    }
}
std::size_t FlowMeter::memory_bytes() const {
    return implementation_->assembler.memory_bytes();
}
void FlowMeter::tick(base::Nanoseconds now) {
    implementation_->assembler.tick(now);
}
void FlowMeter::finish() {
    implementation_->assembler.finish();
}
const MeterCounters& FlowMeter::counters() const {
    return implementation_->assembler.counters();
}

}  // namespace flowsift::features
