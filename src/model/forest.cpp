#include "model/forest.h"

#include <algorithm>
#include <cmath>

namespace flowsift::model {

std::uint32_t Forest::leaf_node(std::size_t tree, std::span<const float> row) const {
    const std::vector<Node>& nodes = trees[tree].nodes;
    std::uint32_t node = 0;
    while (!nodes[node].is_leaf) {
        const bool goes_left = row[nodes[node].feature] <= nodes[node].threshold;
        node = nodes[node].left + (goes_left ? 0 : 1);
    }
    return node;
}

void Forest::predict(std::span<const float> row, std::span<float> probabilities) const {
    if (combination != Combination::kMean) {
        const std::span<float> margins = probabilities.first(group_count());
        predict_margins(row, margins);
        margins_to_probabilities(combination, margins, probabilities);
        return;
    }
    std::fill(probabilities.begin(), probabilities.end(), 0.0F);
    for (std::size_t tree = 0; tree < trees.size(); ++tree) {
        const float* distribution = leaf_of(tree, row);
        for (std::size_t c = 0; c < class_count; ++c) probabilities[c] += distribution[c];
    }
    const auto tree_count = static_cast<float>(trees.size());
    for (float& probability : probabilities) probability /= tree_count;
}

void Forest::predict_margins(std::span<const float> row, std::span<float> margins) const {
    std::copy(base_margins.begin(), base_margins.end(), margins.begin());
    for (std::size_t tree = 0; tree < trees.size(); ++tree) margins[tree % margins.size()] += *leaf_of(tree, row);
}

void margins_to_probabilities(Combination combination, std::span<const float> margins, std::span<float> probabilities) {
    if (combination == Combination::kLogistic) {
        const float one = 1.0F / (1.0F + std::exp(-margins[0]));
        probabilities[0] = 1.0F - one;
        probabilities[1] = one;
        return;
    }
    const float largest = *std::max_element(margins.begin(), margins.end());
    double sum = 0;
    for (std::size_t c = 0; c < margins.size(); ++c) {
        probabilities[c] = std::exp(margins[c] - largest);
        sum += static_cast<double>(probabilities[c]);
    }
    for (float& probability : probabilities) probability /= static_cast<float>(sum);
}

std::size_t most_probable(std::span<const float> probabilities) {
    return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                    probabilities.begin());
}

}  // namespace flowsift::model
