// Forest: decision trees whose leaves hold class probabilities; the plain predictor that every fast engine must equal.
//
// Plain data: made by learn/ or read by model_file.h, then shared by all threads without a lock, for nobody changes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace flowsift::model {

/// `row[feature] <= threshold` goes left, everything else right.
struct Node {
    float threshold = 0;
    std::uint16_t feature = 0;  ///< Index into the model's schema.
    bool is_leaf = true;
    std::uint32_t left = 0;  ///< Index within the tree; the right child is left + 1.
    std::uint32_t leaf = 0;  ///< Of a leaf: index of its class distribution (see Tree::distributions).
};

/// Nodes stand breadth-first: the root first, then the children of the k-th inner node (k = 0, 1, …) at 2k + 1 and
/// 2k + 2. So a walk only goes forward, and forest_check.h can prove in one pass that it ends.
struct Tree {
    std::vector<Node> nodes;
    std::vector<float> distributions;  ///< class_count values each, in [0, 1], sum 1; leaves may share one.
};

struct Forest {
    std::size_t feature_count = 0;
    std::size_t class_count = 0;
    std::vector<Tree> trees;

    /// Mean of the trees' leaf distributions, summed in the order of the trees (so every run gives the same bits).
    /// `row`: feature_count values; `probabilities`: class_count values. Preconditions: at least one tree; the forest
    /// passes check_forest(). Allocates nothing.
    void predict(std::span<const float> row, std::span<float> probabilities) const;

    /// Adds to `sum` (class_count values) the leaf distribution that `row` meets in one tree.
    void add_tree(std::size_t tree, std::span<const float> row, std::span<float> sum) const;
};

/// Index of the largest value, the lowest index on a tie: how probabilities become a class everywhere in flowsift.
/// Precondition: not empty.
std::size_t most_probable(std::span<const float> probabilities);

}  // namespace flowsift::model
