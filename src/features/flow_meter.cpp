#include "features/flow_meter.h"

#include "features/flow_state.h"
#include "flow/assembler.h"

namespace flowsift::features {

struct FlowMeter::Implementation {
    Implementation(const Options& options, const Schema& wanted, FlowListener& flow_listener)
        : schema(wanted),
          listener(flow_listener),
          values(wanted.size()),
          assembler(options.profile, options.hash_key, *this) {}

    void on_flow_ended(const FlowState& state, EndReason reason) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = schema.feature(i).value(state);
        const FlowIdentity identity = state.identity(reason);
        listener.on_flow_ended({identity, values});
    }

    const Schema schema;
    FlowListener& listener;
    std::vector<double> values;  ///< The row that is handed over, formed anew for each flow.
    flow::Assembler<FlowState, Implementation> assembler;
};

FlowMeter::FlowMeter(const Options& options, const Schema& schema, FlowListener& listener)
    : implementation_(std::make_unique<Implementation>(options, schema, listener)) {}
FlowMeter::~FlowMeter() = default;

void FlowMeter::add(const decode::Packet& packet) {
    implementation_->assembler.add(packet);
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
