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

struct FeatureGroup {
    std::string_view name;  ///< Also that of the schema which is this group.
    std::string_view help;  ///< One sentence.
    std::span<const Feature> features;
    /// Writes the value of every feature of the group, in order, to `values`.
    void (*form)(const FlowView& flow, double* values);
};

/// The place of a group in feature_groups().
enum class GroupId : std::uint8_t { kCic, kPayload };
inline constexpr std::size_t kGroupCount = 2;

/// All of them, by GroupId.
std::span<const FeatureGroup, kGroupCount> feature_groups();

/// FeatureGroup::form of a table of features: unrolled by the compiler, so that formulas share what they compute.
template <const auto& Features>
void form_all(const FlowView& flow, double* values) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((values[I] = Features[I].value(flow)), ...);
    }
    (std::make_index_sequence<std::size(Features)>());
}

const FeatureGroup& cic_group();
const FeatureGroup& payload_group();

}  // namespace flowsift::features
