#include "model/benign_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace flowsift::model {
namespace {

bool is_in_order(const FeatureReference& feature) {
    const auto is_finite = [](float value) { return std::isfinite(value); };
    const auto is_share = [](float value) { return value >= 0 && value <= 1; };
    return is_finite(feature.low) && is_finite(feature.high) && feature.low <= feature.high &&
           feature.edges.size() <= kMostReferenceEdges && feature.shares.size() == feature.edges.size() + 1 &&
           std::ranges::all_of(feature.edges, is_finite) && std::ranges::all_of(feature.shares, is_share) &&
           std::ranges::adjacent_find(feature.edges, std::greater_equal()) == feature.edges.end();
}

}  // namespace

std::size_t FeatureReference::bin_of(float value) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(edges, value) - edges.begin());
}

base::Result<void> check_reference(const BenignReference& reference, std::size_t feature_count) {
    if (!reference.empty() && reference.features.size() != feature_count)
        return base::Error{
            fmt::format("it tells the usual ranges of {} features, not {}", reference.features.size(), feature_count)};
    if (!std::ranges::all_of(reference.features, is_in_order))
        return base::Error{"its usual ranges of features are out of order"};
    return {};
}

}  // namespace flowsift::model
