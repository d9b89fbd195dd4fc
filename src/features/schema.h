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
    std::string name;                 ///< As find_schema() knows it, or "custom" for any other selection.
    std::vector<FeatureId> features;  ///< Order of the values in a row.

    std::size_t size() const { return features.size(); }
    const Feature& feature(std::size_t i) const { return catalogue()[features[i]]; }
};

/// Every column of the `cic` schema that is a number of the flow: what `flowsift flows` writes. The whole group in its
/// order, ports and Protocol first: a CSV, where these have their place among the identity columns, skips them. Learn
/// from those features alone whose use is FeatureUse::kDefault.
const Schema& cic_schema();

/// Names of groups joined by '+', "cic+tcp", and ":N" after one that is a list, "early:8"; features in the catalogue's
/// order, each once, whatever the order of the names. The Error lists what exists.
base::Result<Schema> find_schema(std::string_view name);

/// What find_schema() knows, for help texts: "cic, tcp …".
std::string schema_names();

/// The `cic` group and every group that `wanted` takes something of, each as a whole.
Schema covering_schema(const Schema& wanted);

/// One flow and its numbers. Views: valid only during the call that hands it over.
struct FlowRow {
    const FlowIdentity& identity;
    std::span<const double> values;              ///< In the order of the schema; finite always.
    const FlowAttributes* attributes = nullptr;  ///< nullptr: not asked for, or none were found.
    std::uint8_t checkpoint = 0;                 ///< Which one, of a live flow's row; see features/checkpoint.h.
};

}  // namespace flowsift::features
