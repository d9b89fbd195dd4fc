#include "features/catalogue.h"

#include <algorithm>

#include "features/feature_group.h"

namespace flowsift::features {

std::span<const FeatureGroup, kGroupCount> feature_groups() {
    static const std::array<FeatureGroup, kGroupCount> kGroups = {cic_group(), payload_group()};
    return kGroups;
}

std::span<const Feature> catalogue() {
    static const std::vector<Feature> kCatalogue = [] {
        std::vector<Feature> all;
        for (const FeatureGroup& group : feature_groups())
            all.insert(all.end(), group.features.begin(), group.features.end());
        return all;
    }();
    return kCatalogue;
}

std::optional<FeatureId> find_feature(std::string_view name) {
    const auto found = std::ranges::find(catalogue(), name, &Feature::name);
    if (found == catalogue().end()) return std::nullopt;
    return static_cast<FeatureId>(found - catalogue().begin());
}

}  // namespace flowsift::features
