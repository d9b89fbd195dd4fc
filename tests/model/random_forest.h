// Forests and rows drawn at random, and every instruction set that this machine can run: for tests of the engines.
#pragma once

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/random.h"
#include "model/forest_check.h"

namespace flowsift::model {

struct ForestShape {
    Combination combination = Combination::kMean;
    std::size_t features = 5;
    std::size_t classes = 3;
    std::size_t trees = 10;
    std::size_t inner_nodes = 30;  ///< Of a tree, at most.
};

/// A leaf's values: every third distribution is pure, as those of a forest are that is grown to the end.
inline void add_leaf_values(const Forest& forest, base::Random& random, std::vector<float>& values) {
    if (forest.combination != Combination::kMean) {
        values.push_back(static_cast<float>(random.uniform() - 0.5));
        return;
    }
    std::vector<float> drawn(forest.class_count, 0.0F);
    drawn[random.below(static_cast<std::uint32_t>(drawn.size()))] = 1;
    if (random.below(3) != 0) {
        float sum = 1;
        for (float& value : drawn) sum += value += static_cast<float>(random.below(8));
        for (float& value : drawn) value /= sum - 1;
    }
    values.insert(values.end(), drawn.begin(), drawn.end());
}

/// Leaves of a tree that grows breadth-first are split with chance 3/4; a parent's cover is the sum of its children's.
inline Tree random_tree(const Forest& forest, const ForestShape& shape, base::Random& random) {
    Tree tree;
    tree.nodes.emplace_back();
    std::size_t inner = 0;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        if (inner >= shape.inner_nodes || (i > 0 && random.below(4) == 0)) {
            tree.nodes[i].leaf = static_cast<std::uint32_t>(tree.values.size() / forest.leaf_width());
            tree.nodes[i].cover = static_cast<float>(1 + random.below(20));
            add_leaf_values(forest, random, tree.values);
            continue;
        }
        ++inner;
        tree.nodes[i].is_leaf = false;
        tree.nodes[i].feature = static_cast<std::uint16_t>(random.below(static_cast<std::uint32_t>(shape.features)));
        tree.nodes[i].threshold = 0.25F * static_cast<float>(random.below(64)) - 8;
        tree.nodes[i].left = static_cast<std::uint32_t>(tree.nodes.size());
        tree.nodes.resize(tree.nodes.size() + 2);
    }
    for (std::size_t i = tree.nodes.size(); i-- > 0;) {
        Node& node = tree.nodes[i];
        if (!node.is_leaf) node.cover = tree.nodes[node.left].cover + tree.nodes[node.left + 1].cover;
    }
    return tree;
}

inline Forest random_forest(const ForestShape& shape, std::uint64_t seed) {
    base::Random random(seed);
    Forest forest{.feature_count = shape.features, .class_count = shape.classes, .combination = shape.combination};
    for (std::size_t g = 0; g < forest.group_count(); ++g)
        forest.base_margins.push_back(static_cast<float>(random.uniform()));
    for (std::size_t t = 0; t < shape.trees; ++t) forest.trees.push_back(random_tree(forest, shape, random));
    const auto checked = check_forest(forest);
    EXPECT_TRUE(checked) << checked.error().message;
    return forest;
}

/// Row-major. Quarters, so that many values are thresholds; a few are infinite, huge, or not a number.
inline std::vector<float> rows_for(const Forest& forest, std::size_t rows, std::uint64_t seed) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const float odd[] = {kInfinity, -kInfinity, std::nanf(""), 3e38F, -0.0F, 1e-42F};
    base::Random random(seed);
    std::vector<float> values(rows * forest.feature_count);
    for (float& value : values)
        value = random.below(50) == 0 ? odd[random.below(6)] : 0.25F * static_cast<float>(random.below(64)) - 8;
    return values;
}

/// Calls `check` once per instruction set that was compiled and that this machine has, and once with none.
template <class Check>
void for_every_instruction_set(const Check& check) {
    const std::int64_t supported = hwy::SupportedTargets();
    for (std::int64_t left = supported; left != 0; left &= left - 1) {
        SCOPED_TRACE(hwy::TargetName(left & -left));
        hwy::GetChosenTarget().Update(left & -left);
        check();
    }
    hwy::GetChosenTarget().Update(supported);
}

}  // namespace flowsift::model
