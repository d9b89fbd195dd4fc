#include "model/forest_check.h"

#include <fmt/format.h>

#include <cmath>

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

constexpr double kSumTolerance = 1e-3;

Result<void> check_counts(const Forest& forest) {
    struct Count {
        const char* what;
        std::size_t count;
        std::size_t limit;
    };
    for (const Count& c :
         {Count{"trees", forest.trees.size(), kMaxTrees}, Count{"features", forest.feature_count, kMaxFeatures},
          Count{"classes", forest.class_count, kMaxClasses}}) {
        if (c.count == 0) return Error{fmt::format("it has no {}", c.what)};
        if (c.count > c.limit) return Error{fmt::format("it has {} {}, more than {}", c.count, c.what, c.limit)};
    }
    if (forest.combination == Combination::kLogistic && forest.class_count != 2)
        return Error{fmt::format("it has {} classes, where a logistic output has 2", forest.class_count)};
    if (forest.base_margins.size() != forest.group_count())
        return Error{
            fmt::format("it has {} base margins where {} are due", forest.base_margins.size(), forest.group_count())};
    for (const float margin : forest.base_margins)
        if (!std::isfinite(margin)) return Error{"a base margin is not finite"};
    return {};
}

/// Every node but the root is the child of exactly one earlier node, because children follow one another.
Result<void> check_nodes(const Forest& forest, const Tree& tree) {
    if (tree.nodes.empty()) return Error{"it has no nodes"};
    const std::size_t leaf_count = tree.values.size() / forest.leaf_width();
    std::vector<std::uint16_t> depths(tree.nodes.size(), 0);
    std::size_t next_child = 1;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        if (i == next_child) return Error{fmt::format("node {} has no parent", i)};
        const Node& node = tree.nodes[i];
        if (!(node.cover >= 0) || !std::isfinite(node.cover))
            return Error{fmt::format("node {}: its cover is no weight", i)};
        if (node.is_leaf) {
            if (node.leaf >= leaf_count) return Error{fmt::format("node {}: leaf {} does not exist", i, node.leaf)};
            continue;
        }
        if (node.feature >= forest.feature_count)
            return Error{fmt::format("node {}: feature {} does not exist", i, node.feature)};
        if (!std::isfinite(node.threshold)) return Error{fmt::format("node {}: its threshold is not finite", i)};
        if (node.left != next_child || next_child + 1 >= tree.nodes.size())
            return Error{
                fmt::format("node {}: child {} where {} of {} was due", i, node.left, next_child, tree.nodes.size())};
        if (depths[i] == kMaxDepth) return Error{fmt::format("node {}: deeper than {}", i, kMaxDepth)};
        depths[next_child] = depths[next_child + 1] = static_cast<std::uint16_t>(depths[i] + 1);
        next_child += 2;
    }
    return {};
}

Result<void> check_margins(const Tree& tree) {
    for (std::size_t leaf = 0; leaf < tree.values.size(); ++leaf)
        if (!std::isfinite(tree.values[leaf])) return Error{fmt::format("leaf {}: its margin is not finite", leaf)};
    return {};
}

Result<void> check_distributions(const Forest& forest, const Tree& tree) {
    if (tree.values.size() % forest.class_count != 0) return Error{"its last leaf is incomplete"};
    for (std::size_t at = 0; at < tree.values.size(); at += forest.class_count) {
        double sum = 0;
        for (std::size_t c = 0; c < forest.class_count; ++c) {
            const float probability = tree.values[at + c];
            if (!(probability >= 0 && probability <= 1))
                return Error{fmt::format("leaf {}: a probability is outside 0 to 1", at / forest.class_count)};
            sum += static_cast<double>(probability);
        }
        if (std::abs(sum - 1) > kSumTolerance)
            return Error{fmt::format("leaf {}: its probabilities sum to {}", at / forest.class_count, sum)};
    }
    return {};
}

}  // namespace

Result<void> check_forest(const Forest& forest) {
    if (auto checked = check_counts(forest); !checked) return checked;
    for (std::size_t t = 0; t < forest.trees.size(); ++t) {
        auto checked = forest.combination == Combination::kMean ? check_distributions(forest, forest.trees[t])
                                                                : check_margins(forest.trees[t]);
        if (checked) checked = check_nodes(forest, forest.trees[t]);
        if (!checked) return Error{fmt::format("tree {}: {}", t, checked.error().message)};
    }
    return {};
}

}  // namespace flowsift::model
