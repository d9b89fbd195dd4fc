// Flows as tests keep them: rows copied out of a FlowMeter's views.
#pragma once

#include <string_view>
#include <vector>

#include "features/flow_meter.h"

namespace flowsift::features {

/// All that the catalogue holds, in its order.
inline const Schema& full_schema() {
    static const Schema kSchema = [] {
        Schema schema{"full", {}};
        for (std::size_t i = 0; i < catalogue().size(); ++i) schema.features.push_back(static_cast<FeatureId>(i));
        return schema;
    }();
    return kSchema;
}

struct CollectedFlow {
    FlowIdentity identity;
    std::vector<double> values;  ///< In the order of full_schema(), which begins like cic_schema().
    int checkpoint = -1;         ///< Which one, of a live flow's row.

    /// Fails loudly on a name that is not in the catalogue.
    double operator[](std::string_view feature) const { return values.at(find_feature(feature).value()); }
};

class FlowCollector : public FlowListener {
  public:
    void on_flow_ended(const FlowRow& row) override {
        flows.push_back({row.identity, {row.values.begin(), row.values.end()}});
        rows.push_back(flows.back());
    }
    void on_checkpoint(const FlowRow& row) override {
        rows.push_back({row.identity, {row.values.begin(), row.values.end()}, row.checkpoint});
    }
    std::vector<CollectedFlow> flows;  ///< Those that have ended, in the order of their export.
    std::vector<CollectedFlow> rows;   ///< With those of checkpoints.
};

/// A meter of all features with a fixed hash key and what it has exported so far.
struct TestMeter {
    explicit TestMeter(const AssemblyProfile& profile = kProfiles[0], base::HashKey key = {1, 2},
                       std::vector<Checkpoint> checkpoints = {}, const Schema& schema = full_schema())
        : meter({.profile = profile, .hash_key = key, .checkpoints = std::move(checkpoints)}, schema, collector) {}

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
