#include "model/bitvector_scan.h"

#include <algorithm>

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

/// Adds each tree's leaf to its group's margins, in the order of the trees.
void add_leaves(const BitvectorView& view, const BitvectorBlock& block, const BitvectorBuffers& buffers) {
    const Floats df;
    const Words dw;
    const Indexes di;
    const std::size_t lane_count = hn::Lanes(df);
    std::size_t group = block.first_tree % view.group_count;
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
    for (std::size_t b = 0; b < view.block_count; ++b) {
        rule_out(view, view.blocks[b], buffers);
        add_leaves(view, view.blocks[b], buffers);
    }
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t g = 0; g < view.group_count; ++g)
            margins[k * view.group_count + g] = buffers.margins[g * lane_count + k];
}

}  // namespace
}  // namespace flowsift::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace flowsift::model {

HWY_EXPORT(lanes);
HWY_EXPORT(scan);

std::size_t scan_rows() {
    return HWY_DYNAMIC_DISPATCH(lanes)();
}

void scan_bitvectors(const BitvectorView& view, const float* rows, std::size_t count, float* margins,
                     const BitvectorBuffers& buffers) {
    HWY_DYNAMIC_DISPATCH(scan)(view, rows, count, margins, buffers);
}

}  // namespace flowsift::model
#endif
