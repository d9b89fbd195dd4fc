#include "model/compact_walk.h"

#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "model/compact_walk.cpp"
#include <hwy/foreach_target.h>  // Includes this file once more per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace flowsift::model::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kLanes = 8;  // Trees in flight: enough to hide the latency of a load, few enough for registers.

/// One step of one walk; a leaf's step is none. Returns the step to the right child: 0 at a leaf.
HWY_INLINE std::uint32_t step(const CompactView& view, std::uint32_t feature_mask, const float* row,
                              std::uint32_t& at) {
    const CompactNode& node = view.nodes[at];
    const std::uint32_t right = node.upper >> view.feature_bits;
    at += right - static_cast<std::uint32_t>(row[node.upper & feature_mask] <= node.threshold);
    return right;
}

HWY_INLINE std::uint32_t leaf_at(const CompactView& view, std::uint32_t at) {
    return std::bit_cast<std::uint32_t>(view.nodes[at].threshold) & kLeafMask;
}

HWY_INLINE void add_leaf(const CompactView& view, std::uint32_t leaf, float* sums) {
    const float* values = view.leaves + leaf * view.leaf_stride;
    const hn::CappedTag<float, 16> d;
    for (std::size_t c = 0; c < view.leaf_stride; c += hn::Lanes(d))
        hn::StoreU(hn::Add(hn::LoadU(d, sums + c), hn::LoadU(d, values + c)), d, sums + c);
}

void add_row(const CompactView& view, std::size_t first, std::size_t last, const float* row, float* sums,
             std::uint32_t* met) {
    const std::uint32_t feature_mask = (1U << view.feature_bits) - 1;
    for (std::size_t tree = first; tree < last; tree += kLanes) {
        std::uint32_t at[kLanes];
        for (std::size_t k = 0; k < kLanes; ++k) at[k] = view.roots[std::min(tree + k, last - 1)];
        std::uint32_t moving = 1;
        while (moving != 0) {
            moving = 0;
            for (std::size_t k = 0; k < kLanes; ++k) moving |= step(view, feature_mask, row, at[k]);
        }
        for (std::size_t k = 0; k < kLanes && tree + k < last; ++k) {
            if (tree + k < kNoveltyTrees) met[tree + k] = at[k];
            add_leaf(view, leaf_at(view, at[k]), sums);
        }
    }
}

void find_leaves(const CompactView& view, const float* row, float* values) {
    const std::uint32_t feature_mask = (1U << view.feature_bits) - 1;
    for (std::size_t i = 0; i < view.route_count; i += kLanes) {
        const CompactRoute* routes = view.routes + std::min(i, view.route_count - std::min(kLanes, view.route_count));
        const std::size_t count = std::min(kLanes, view.route_count);
        std::uint32_t at[kLanes];
        for (std::size_t k = 0; k < kLanes; ++k) at[k] = routes[std::min(k, count - 1)].root;
        for (std::uint32_t left = routes[count - 1].depth; left > 0; --left)
            for (std::size_t k = 0; k < kLanes; ++k) step(view, feature_mask, row, at[k]);
        for (std::size_t k = 0; k < count; ++k) values[routes[k].tree] = view.leaves[leaf_at(view, at[k])];
    }
}

}  // namespace
}  // namespace flowsift::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace flowsift::model {

HWY_EXPORT(add_row);
HWY_EXPORT(find_leaves);

void add_trees_of_row(const CompactView& view, std::size_t first, std::size_t last, const float* row, float* sums,
                      std::uint32_t* met) {
    HWY_DYNAMIC_DISPATCH(add_row)(view, first, last, row, sums, met);
}

void find_leaves_of_row(const CompactView& view, const float* row, float* values) {
    HWY_DYNAMIC_DISPATCH(find_leaves)(view, row, values);
}

}  // namespace flowsift::model
#endif
