// FeatureGroup: the features that are computed from the same accumulators, declared in one file (catalogue_GROUP.cpp).
// A schema that asks for none of a group's features does not pay for its accumulators.
//
// The catalogue is all groups one after the other, in the order of the table in catalogue.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "features/catalogue.h"

namespace flowsift::features {

/// Who can form a group's values.
enum class Stage : std::uint8_t {
    kFlow,   ///< The thread that assembles the flow.
    kOrder,  ///< The one that sees the events of all flows, in their order.
};

struct FeatureGroup {
    std::string_view name;   ///< Also that of the schema which is this group.
    std::string_view help;   ///< One sentence.
    std::string_view notes;  ///< Conventions, as Markdown; may be empty.
    std::span<const Feature> features;
    /// Writes the value of every feature of the group, in order, to `values`.
    void (*form)(const FlowView& flow, double* values);
    /// Features of one item where the group is a list of items: a schema may take the first N, as "name:N". Else 0.
    std::size_t item_size = 0;
    bool comes_with_cic = false;  ///< The schema of this name holds the `cic` group, too.
    Stage stage = Stage::kFlow;
};

/// The place of a group in feature_groups().
enum class GroupId : std::uint8_t { kCic, kEarly, kTcp, kPayload, kHost };
inline constexpr std::size_t kGroupCount = 5;

/// All of them, by GroupId.
std::span<const FeatureGroup, kGroupCount> feature_groups();

inline const FeatureGroup& feature_group(GroupId group) {
    return feature_groups()[static_cast<std::size_t>(group)];
}

/// Those that a page for people shows: of a list of items those of the first.
inline std::span<const Feature> listed_features(const FeatureGroup& group) {
    return group.item_size > 0 ? group.features.first(group.item_size) : group.features;
}

/// FeatureGroup::form of a table of features: unrolled by the compiler, so that formulas share what they compute.
template <const auto& Features>
void form_all(const FlowView& flow, double* values) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((values[I] = Features[I].value(flow)), ...);
    }
    (std::make_index_sequence<std::size(Features)>());
}

const FeatureGroup& cic_group();
const FeatureGroup& early_group();
const FeatureGroup& tcp_group();
const FeatureGroup& payload_group();
const FeatureGroup& host_group();

}  // namespace flowsift::features
