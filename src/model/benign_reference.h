// BenignReference: what the features of benign flows looked like in training: the usual range beside each reason of an
// alert, and the histogram that traffic of today is compared with (detect/drift.h).
//
// Optional: models of other programs and older files have none, nor have those without benign rows. Plain data; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace flowsift::model {

struct FeatureReference {
    float low = 0;   ///< 5th percentile …
    float high = 0;  ///< … and 95th.
    /// Where bins end, ascending: bin i holds edges[i - 1] < value <= edges[i], the last one all above.
    std::vector<float> edges;
    std::vector<float> shares;  ///< Of the rows, per bin: one more than edges.

    std::size_t bin_of(float value) const;

    bool operator==(const FeatureReference&) const = default;
};

/// Per feature of the schema, or empty: not known.
struct BenignReference {
    std::uint64_t rows = 0;  ///< That it was taken from.
    std::vector<FeatureReference> features;

    bool empty() const { return features.empty(); }
    const FeatureReference& operator[](std::size_t feature) const { return features[feature]; }
    bool operator==(const BenignReference&) const = default;
};

inline constexpr std::size_t kMostReferenceEdges = 32;

/// One per feature, or none; finite, in order, bins within kMostReferenceEdges, shares within [0, 1].
base::Result<void> check_reference(const BenignReference& reference, std::size_t feature_count);

}  // namespace flowsift::model
