// compact_walk: the loops of CompactForest, compiled for every instruction set and chosen at run time.
//
// Apart from compact_forest.h because only these loops are compiled several times. Any thread; allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/novelty.h"

namespace flowsift::model {

/// 8 bytes. Goes left, to the node before the one that `right_step` leads to, where the row's value <= threshold. A
/// leaf has no step, and its threshold is not a number, which no value is at most; the number's payload is the index
/// of the leaf's values.
struct CompactNode {
    float threshold = 0;
    std::uint32_t upper = 0;  ///< Feature in the lower CompactView::feature_bits, right_step above them.
};

inline constexpr std::uint32_t kLeafThreshold = 0x7fc0'0000;
inline constexpr std::uint32_t kLeafMask = 0x3f'ffff;  ///< The payload.

/// A boosted tree in the order in which one row walks them: shallow ones first, so that trees walked together take the
/// same number of steps, and the processor can foresee where one walk ends and the next begins.
struct CompactRoute {
    std::uint32_t root = 0;  ///< Index into nodes.
    std::uint32_t tree = 0;
    std::uint32_t depth = 0;  ///< Steps that are surely enough.
};

/// The arrays of a CompactForest, for a loop.
struct CompactView {
    const CompactNode* nodes = nullptr;
    const std::uint32_t* roots = nullptr;  ///< Of each tree: index into nodes.
    const CompactRoute* routes = nullptr;  ///< Boosting: of each tree that is no lone leaf, by depth.
    std::size_t route_count = 0;
    std::uint32_t feature_bits = 0;
    const float* leaves = nullptr;
    std::size_t leaf_stride = 0;    ///< Mean: floats from one leaf's values to the next's. Boosting: 1.
    std::size_t feature_count = 0;  ///< Floats of a row.
};

/// Of a mean: adds the leaf values of trees [first, last) to sums[0 … leaf_stride), one tree after the other. met[t]
/// becomes the node where the walk of tree t ended, for the first kNoveltyTrees trees.
void add_trees_of_row(const CompactView& view, std::size_t first, std::size_t last, const float* row, float* sums,
                      std::uint32_t* met);

/// Of boosting: values[t] becomes the value of tree t's leaf, for every tree that has a route.
void find_leaves_of_row(const CompactView& view, const float* row, float* values);

}  // namespace flowsift::model
