// Forest: decision trees of a random forest or of gradient boosting, and the plain predictor that every fast engine
// must equal.
//
// Plain data: made by learn/ or read by model_file.h, then shared by all threads without a lock, for nobody changes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace flowsift::model {

/// How the leaves that a row meets become probabilities.
enum class Combination : std::uint8_t {
    kMean,      ///< A leaf holds a probability per class; their mean over the trees (random forest).
    kSoftmax,   ///< A leaf holds a margin; tree t adds to class t % class_count; softmax of the sums (boosting).
    kLogistic,  ///< Two classes: the logistic function of the sum is the probability of class 1 (boosting).
};

/// `row[feature] <= threshold` goes left, everything else right.
struct Node {
    float threshold = 0;
    std::uint16_t feature = 0;  ///< Index into the model's schema.
    bool is_leaf = true;
    std::uint32_t left = 0;  ///< Index within the tree; the right child is left + 1.
    std::uint32_t leaf = 0;  ///< Of a leaf: index of its values (see Tree::values).
    float cover = 0;         ///< Weight of the training rows that came here (boosting: sum of their Hessians).
};

/// Nodes stand breadth-first: the root first, then the children of the k-th inner node (k = 0, 1, …) at 2k + 1 and
/// 2k + 2. So a walk only goes forward, and forest_check.h can prove in one pass that it ends.
struct Tree {
    std::vector<Node> nodes;
    std::vector<float> values;  ///< Forest::leaf_width() per leaf; leaves may share them.
};

struct Forest {
    std::size_t feature_count = 0;
    std::size_t class_count = 0;
    Combination combination = Combination::kMean;
    std::vector<float> base_margins;  ///< Boosting: one per group, what the sums begin with.
    std::vector<Tree> trees;          ///< Boosting: tree t belongs to group t % group_count().

    /// Values of a leaf.
    std::size_t leaf_width() const { return combination == Combination::kMean ? class_count : 1; }

    /// Sums that the trees add to: a margin per class of kSoftmax, one of kLogistic, none of kMean.
    std::size_t group_count() const {
        return combination == Combination::kSoftmax ? class_count : combination == Combination::kLogistic ? 1 : 0;
    }

    /// Mean: the trees' leaf distributions, summed in the order of the trees (so every run gives the same bits), over
    /// their number. Boosting: margins_to_probabilities() of predict_margins(). `row`: feature_count values;
    /// `probabilities`: class_count values. Preconditions: at least one tree; the forest passes check_forest().
    /// Allocates nothing.
    void predict(std::span<const float> row, std::span<float> probabilities) const;

    /// Boosting only. `margins`: group_count() values, float sums in the order of the trees, as libxgboost's.
    void predict_margins(std::span<const float> row, std::span<float> margins) const;

    /// The leaf that `row` meets in one tree, as an index of its node.
    std::uint32_t leaf_node(std::size_t tree, std::span<const float> row) const;

    /// Values of that leaf: leaf_width() of them.
    const float* leaf_of(std::size_t tree, std::span<const float> row) const {
        return &trees[tree].values[trees[tree].nodes[leaf_node(tree, row)].leaf * leaf_width()];
    }
};

/// Softmax or logistic function, as libxgboost computes them in float. `margins`: group_count() values;
/// `probabilities`: class_count values, may begin where `margins` does.
void margins_to_probabilities(Combination combination, std::span<const float> margins, std::span<float> probabilities);

/// Index of the largest value, the lowest index on a tie: how probabilities become a class everywhere in flowsift.
/// Precondition: not empty.
std::size_t most_probable(std::span<const float> probabilities);

}  // namespace flowsift::model
