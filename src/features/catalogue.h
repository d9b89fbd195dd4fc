// The catalogue: every flow feature, declared once. CSV headers, models, help, docs/features.md and the dashboard read
// this one table; adding a feature is one row in its group (catalogue_GROUP.cpp), its function, and its test.
//
// Definitions: docs/features.md (generated from this table).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flow/flow_identity.h"

namespace flowsift::features {

struct FlowView;  // features/flow_view.h: what a formula may look at.

using FeatureId = std::uint16_t;  ///< Index into catalogue(). Stable within one kDefinitionsVersion only.

/// Raised whenever the meaning of a feature changes: a model of another version can be inspected, not served.
inline constexpr int kDefinitionsVersion = 1;

enum class FeatureUse : std::uint8_t {
    kDefault,    ///< Learnt from unless told otherwise.
    kOnRequest,  ///< Only when named (ports, Total TCP Flow Time).
};

struct Feature {
    std::string_view name;         ///< The CIC-IDS2017 column name.
    std::string_view unit;         ///< "µs", "bytes", "packets", "1/s", "bytes/s", "bytes²", "-".
    std::string_view definition;   ///< One sentence.
    bool is_integer;               ///< Values are whole numbers: printed without a point.
    bool differs_from_public_csv;  ///< The public corrected CIC files hold other values: not learnt from those by
                                   ///< default.
    FeatureUse use;
    double (*value)(const FlowView&);
};

/// All features: those of the corrected CIC-IDS2017 files in their order, then the other groups (feature_group.h).
std::span<const Feature> catalogue();

/// By canonical name only; see aliases.h for the spellings of foreign files.
std::optional<FeatureId> find_feature(std::string_view name);

}  // namespace flowsift::features
