#include "model/novelty.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace flowsift::model {
namespace {

constexpr std::size_t kMaxWords = std::size_t{1} << 24;

}  // namespace

std::size_t novelty_trees(const Forest& forest) {
    return std::min(kNoveltyTrees, forest.trees.size());
}

std::uint32_t unseen_pairs(const Forest& forest, const LeafPairs& pairs, std::span<const float> row) {
    std::uint32_t unseen = 0;
    std::uint32_t leaf = forest.leaf_node(0, row);
    for (std::size_t tree = 1; tree < novelty_trees(forest); ++tree) {
        const std::uint32_t next_leaf = forest.leaf_node(tree, row);
        unseen += pairs.has(tree - 1, leaf, next_leaf) ? 0 : 1;
        leaf = next_leaf;
    }
    return unseen;
}

base::Result<void> check_pairs(const LeafPairs& pairs, const Forest& forest) {
    if (pairs.bits.empty()) return {};
    if (!std::has_single_bit(pairs.bits.size()) || pairs.bits.size() > kMaxWords)
        return base::Error{fmt::format("its set of leaf pairs has {} words", pairs.bits.size())};
    if (pairs.limit >= novelty_trees(forest))
        return base::Error{
            fmt::format("its limit of unseen leaf pairs is {}, of {} trees", pairs.limit, novelty_trees(forest))};
    return {};
}

}  // namespace flowsift::model
