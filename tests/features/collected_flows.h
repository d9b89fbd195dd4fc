// Flows as tests keep them: rows copied out of a FlowMeter's views.
#pragma once

#include <string_view>
#include <vector>

#include "features/flow_meter.h"

namespace flowsift::features {

struct CollectedFlow {
    FlowIdentity identity;
    std::vector<double> values;  ///< In the order of cic_schema().

    /// Fails loudly on a name that is not in the catalogue.
    double operator[](std::string_view feature) const { return values.at(find_feature(feature).value()); }
};

class FlowCollector : public FlowListener {
  public:
    void on_flow_ended(const FlowRow& row) override {
        flows.push_back({row.identity, {row.values.begin(), row.values.end()}});
    }
    std::vector<CollectedFlow> flows;  ///< In the order of their export.
};

/// A meter of the `cic` schema with a fixed hash key and what it has exported so far.
struct TestMeter {
    explicit TestMeter(const AssemblyProfile& profile = kProfiles[0], base::HashKey key = {1, 2})
        : meter({profile, key}, cic_schema(), collector) {}

    FlowCollector collector;
    FlowMeter meter;
};

inline std::vector<CollectedFlow> metered(const std::vector<decode::Packet>& packets,
                                          const AssemblyProfile& profile = kProfiles[0]) {
    TestMeter test(profile);
    for (const decode::Packet& packet : packets) test.meter.add(packet);
    test.meter.finish();
    return test.collector.flows;
}

}  // namespace flowsift::features
