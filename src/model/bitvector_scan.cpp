#include "model/bitvector_scan.h"

#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "model/bitvector_scan.cpp"
#include <hwy/foreach_target.h>  // Includes this file once more per instruction set.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace flowsift::model::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kMaxScanRows>;
using Words = hn::Rebind<std::uint32_t, Floats>;
using Indexes = hn::Rebind<std::int32_t, Floats>;

std::size_t lanes() {
    return hn::Lanes(Floats());
}

/// Row k of the block becomes lane k; lanes without a row repeat the last.
void transpose(const BitvectorView& view, const float* rows, std::size_t count, float* values) {
    const std::size_t lane_count = lanes();
    for (std::size_t k = 0; k < lane_count; ++k) {
        const float* row = rows + std::min(k, count - 1) * view.feature_count;
        for (std::size_t f = 0; f < view.feature_count; ++f) values[f * lane_count + k] = row[f];
    }
}

/// Takes from the block's words the leaves that the rows' values rule out.
void rule_out(const BitvectorView& view, const BitvectorBlock& block, const BitvectorBuffers& buffers) {
    const Floats df;
    const Words dw;
    const std::size_t lane_count = hn::Lanes(df);
    for (std::size_t word = 0; word < block.words; ++word)
        hn::Store(hn::Set(dw, ~std::uint32_t{0}), dw, buffers.words + word * lane_count);
    for (std::size_t l = block.first_list; l < block.last_list; ++l) {
        const BitvectorList& list = view.lists[l];
        const auto value = hn::Load(df, buffers.values + list.feature * lane_count);
        for (std::size_t s = list.begin; s < list.end; ++s) {
            const BitvectorSplit& split = view.splits[s];
            const auto goes_left = hn::Le(value, hn::Set(df, split.threshold));
            if (hn::AllTrue(df, goes_left)) break;
            std::uint32_t* words = buffers.words + split.word * lane_count;
            const auto old = hn::Load(dw, words);
            const auto kept = hn::And(old, hn::Set(dw, split.mask));
            hn::Store(hn::IfThenElse(hn::RebindMask(dw, goes_left), old, kept), dw, words);
        }
    }
}

/// Index of the lowest bit of each lane; of a lane without bits any.
HWY_INLINE hn::Vec<Indexes> lowest_bit(hn::Vec<Words> words) {
    const Indexes di;
    const auto signed_words = hn::BitCast(di, words);
    const auto lowest = hn::And(signed_words, hn::Neg(signed_words));
    // A power of two is exact as a float, whose exponent it is; that of the sign bit is negative, so its sign goes.
    const auto exponent = hn::ShiftRight<23>(hn::BitCast(di, hn::Abs(hn::ConvertTo(Floats(), lowest))));
    return hn::Sub(exponent, hn::Set(di, 127));
}

/// Adds each tree's leaf to its group's margins, in the order of the trees. `group`: of the block's first tree; then of
/// the next block's.
void add_leaves(const BitvectorView& view, const BitvectorBlock& block, const BitvectorBuffers& buffers,
                std::size_t& group) {
    const Floats df;
    const Words dw;
    const Indexes di;
    const std::size_t lane_count = hn::Lanes(df);
    for (std::size_t t = block.first_tree; t < block.last_tree; ++t) {
        const BitvectorTree& tree = view.trees[t];
        const std::uint32_t* words = buffers.words + tree.word * lane_count;
        const auto first = hn::Load(dw, words);
        auto leaf = lowest_bit(first);
        if (tree.words == 2) {
            const auto second = hn::Add(lowest_bit(hn::Load(dw, words + lane_count)), hn::Set(di, 32));
            leaf = hn::IfThenElse(hn::RebindMask(di, hn::Eq(first, hn::Zero(dw))), second, leaf);
        }
        float* margins = buffers.margins + group * lane_count;
        const auto values = hn::GatherIndex(df, view.leaves + tree.first_leaf, leaf);
        hn::Store(hn::Add(hn::Load(df, margins), values), df, margins);
        if (++group == view.group_count) group = 0;
    }
}

void scan(const BitvectorView& view, const float* rows, std::size_t count, float* margins,
          const BitvectorBuffers& buffers) {
    const std::size_t lane_count = lanes();
    transpose(view, rows, count, buffers.values);
    for (std::size_t g = 0; g < view.group_count; ++g)
        std::fill_n(buffers.margins + g * lane_count, lane_count, view.base_margins[g]);
    std::size_t group = 0;
    for (std::size_t b = 0; b < view.block_count; ++b) {
        rule_out(view, view.blocks[b], buffers);
        add_leaves(view, view.blocks[b], buffers, group);
    }
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t g = 0; g < view.group_count; ++g)
            margins[k * view.group_count + g] = buffers.margins[g * lane_count + k];
}

/// Takes from the trees' words the leaves that the row's value rules out; most splits four at a time, for where the
/// last of four rules out, so do the others.
HWY_INLINE void rule_out_of_row(const BitvectorRowSplit* split, const BitvectorRowSplit* end, float value,
                                std::uint64_t* words) {
    for (; end - split >= 4 && !(value <= split[3].threshold); split += 4)
        for (std::size_t k = 0; k < 4; ++k) words[split[k].word] &= split[k].mask;
    for (; split != end && !(value <= split->threshold); ++split) words[split->word] &= split->mask;
}

/// Adds the trees' values in their order, each to its group. Lanes behind the last group add what nobody reads.
void add_row_values(const BitvectorView& view, const float* values, float* margins) {
    const Floats df;
    float sums[kMaxScanRows];
    for (std::size_t first = 0; first < view.group_count; first += hn::Lanes(df)) {
        const std::size_t count = std::min(hn::Lanes(df), view.group_count - first);
        std::fill(std::copy_n(view.base_margins + first, count, sums), sums + kMaxScanRows, 0.0F);
        auto sum = hn::LoadU(df, sums);
        std::size_t tree = first;
        for (; tree + count <= view.tree_count; tree += view.group_count)
            sum = hn::Add(sum, hn::LoadU(df, values + tree));
        hn::StoreU(sum, df, sums);
        for (std::size_t k = 0; tree + k < view.tree_count; ++k) sums[k] += values[tree + k];
        std::copy_n(sums, count, margins + first);
    }
}

void scan_one(const BitvectorView& view, const float* row, float* margins, const BitvectorBuffers& buffers) {
    std::fill_n(buffers.row_words, view.row_tree_count, ~std::uint64_t{0});
    for (std::size_t l = 0; l < view.row_list_count; ++l) {
        const BitvectorList& list = view.row_lists[l];
        rule_out_of_row(view.row_splits + list.begin, view.row_splits + list.end, row[list.feature], buffers.row_words);
    }
    for (std::size_t t = 0; t < view.row_tree_count; ++t) {
        const BitvectorRowTree& tree = view.row_trees[t];
        const auto leaf = static_cast<std::size_t>(std::countr_zero(buffers.row_words[t]));
        buffers.row_values[tree.tree] = view.leaves[tree.first_leaf + leaf];
    }
    add_row_values(view, buffers.row_values, margins);
}

}  // namespace
}  // namespace flowsift::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace flowsift::model {

HWY_EXPORT(lanes);
HWY_EXPORT(scan);
HWY_EXPORT(scan_one);

std::size_t scan_rows() {
    return HWY_DYNAMIC_DISPATCH(lanes)();
}

void scan_row(const BitvectorView& view, const float* row, float* margins, const BitvectorBuffers& buffers) {
    HWY_DYNAMIC_DISPATCH(scan_one)(view, row, margins, buffers);
}

void scan_bitvectors(const BitvectorView& view, const float* rows, std::size_t count, float* margins,
                     const BitvectorBuffers& buffers) {
    HWY_DYNAMIC_DISPATCH(scan)(view, rows, count, margins, buffers);
}

}  // namespace flowsift::model
#endif
