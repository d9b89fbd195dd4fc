#include "model/forest.h"

#include <algorithm>

namespace flowsift::model {

void Forest::add_tree(std::size_t tree, std::span<const float> row, std::span<float> sum) const {
    const Tree& walked = trees[tree];
    const Node* node = walked.nodes.data();
    while (!node->is_leaf) {
        const bool goes_left = row[node->feature] <= node->threshold;
        node = &walked.nodes[node->left + (goes_left ? 0 : 1)];
    }
    const float* distribution = &walked.distributions[node->leaf * class_count];
    for (std::size_t c = 0; c < class_count; ++c) sum[c] += distribution[c];
}

void Forest::predict(std::span<const float> row, std::span<float> probabilities) const {
    std::fill(probabilities.begin(), probabilities.end(), 0.0F);
    for (std::size_t tree = 0; tree < trees.size(); ++tree) add_tree(tree, row, probabilities);
    const auto tree_count = static_cast<float>(trees.size());
    for (float& probability : probabilities) probability /= tree_count;
}

std::size_t most_probable(std::span<const float> probabilities) {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
}

}  // namespace flowsift::model
