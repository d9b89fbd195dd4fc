// Forest: decision trees whose leaves hold class probabilities; the plain predictor that every fast engine must equal.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace flowsift::model {

/// A tree's nodes are stored with the root first. `row[feature] <= threshold` goes left.
struct Node {
    float threshold = 0;
    std::uint16_t feature = 0;    ///< Index into the model's schema.
    bool is_leaf = true;
    std::uint32_t left = 0;       ///< Index within the tree; the right child is left + 1.
    std::uint32_t leaf = 0;       ///< Of a leaf: index of its class distribution (see Tree::distributions).
};

struct Tree {
    std::vector<Node> nodes;
    std::vector<float> distributions;  ///< class_count values per leaf, each in [0, 1], sum 1.
};

struct Forest {
    std::size_t feature_count = 0;
    std::size_t class_count = 0;
    std::vector<Tree> trees;

    /// Mean of the trees' leaf distributions. `row`: feature_count values; `probabilities`: class_count values.
    /// Allocates nothing.
    void predict(std::span<const float> row, std::span<float> probabilities) const;
};

}  // namespace flowsift::model
