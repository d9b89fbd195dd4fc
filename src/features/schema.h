// Schema: an ordered list of catalogue features. A model stores its schema and refuses another one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "features/catalogue.h"
#include "features/flow_attributes.h"
#include "flow/flow_identity.h"

namespace flowsift::features {

using flow::AssemblyProfile;
using flow::EndReason;
using flow::find_profile;
using flow::FlowIdentity;
using flow::kProfiles;

struct Schema {
    std::string name;                 ///< "cic", or "custom" for any other selection.
    std::vector<FeatureId> features;  ///< Order of the values in a row.

    std::size_t size() const { return features.size(); }
    const Feature& feature(std::size_t i) const { return catalogue()[features[i]]; }
};

/// Every column of the `cic` schema that is a number of the flow: what `flowsift flows` writes. The whole catalogue in
/// its order, ports and Protocol first: a CSV, where these have their place among the identity columns, skips them.
/// Learn from those features alone whose use is FeatureUse::kDefault.
const Schema& cic_schema();

/// By name; the Error lists what exists.
base::Result<Schema> find_schema(std::string_view name);

/// One flow and its numbers. Views: valid only during the call that hands it over.
struct FlowRow {
    const FlowIdentity& identity;
    std::span<const double> values;              ///< In the order of the schema; finite always.
    const FlowAttributes* attributes = nullptr;  ///< nullptr: not asked for, or none were found.
};

}  // namespace flowsift::features
