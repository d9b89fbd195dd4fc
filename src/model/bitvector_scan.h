// bitvector_scan: the loops of BitvectorForest, compiled for every instruction set and chosen at run time.
//
// Apart from bitvector_forest.h because only these loops are compiled several times. Any thread; allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flowsift::model {

/// An inner node: a row whose value is not <= threshold cannot end in the leaves that `mask` lacks.
struct BitvectorSplit {
    float threshold = 0;
    std::uint32_t word = 0;  ///< Of the block's leaf words.
    std::uint32_t mask = 0;
};

/// Splits of one feature in one block, thresholds ascending.
struct BitvectorList {
    std::uint32_t feature = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// Trees whose leaf words fit the nearest cache together.
struct BitvectorBlock {
    std::uint32_t first_list = 0;
    std::uint32_t last_list = 0;
    std::uint32_t first_tree = 0;
    std::uint32_t last_tree = 0;
    std::uint32_t words = 0;
};

/// Where a tree's leaves are: 32 per word, one word or two.
struct BitvectorTree {
    std::uint32_t word = 0;
    std::uint32_t words = 0;
    std::uint32_t first_leaf = 0;  ///< Index of its leftmost leaf's value.
};

/// The same for one row, without blocks: a word of 64 leaves per tree, trees that are a lone leaf left out.
struct BitvectorRowSplit {
    float threshold = 0;
    std::uint32_t word = 0;
    std::uint64_t mask = 0;
};

struct BitvectorRowTree {
    std::uint32_t tree = 0;
    std::uint32_t first_leaf = 0;
};

struct BitvectorView {
    const BitvectorBlock* blocks = nullptr;
    std::size_t block_count = 0;
    const BitvectorList* lists = nullptr;
    const BitvectorSplit* splits = nullptr;
    const BitvectorTree* trees = nullptr;
    const float* leaves = nullptr;
    const BitvectorList* row_lists = nullptr;
    std::size_t row_list_count = 0;
    const BitvectorRowSplit* row_splits = nullptr;
    const BitvectorRowTree* row_trees = nullptr;
    std::size_t row_tree_count = 0;
    std::size_t tree_count = 0;
    const float* base_margins = nullptr;
    std::size_t group_count = 0;
    std::size_t feature_count = 0;
};

inline constexpr std::size_t kMaxScanRows = 16;  ///< Rows that the widest instruction set takes at once.

/// One thread's memory of a scan, aligned for vectors.
struct BitvectorBuffers {
    float* values = nullptr;             ///< feature_count * kMaxScanRows
    std::uint32_t* words = nullptr;      ///< Of the largest block * kMaxScanRows.
    float* margins = nullptr;            ///< group_count * kMaxScanRows
    std::uint64_t* row_words = nullptr;  ///< row_tree_count
    float* row_values = nullptr;         ///< tree_count, and kMaxScanRows more. Those of lone leaves are set and stay.
};

/// Margins of one row.
void scan_row(const BitvectorView& view, const float* row, float* margins, const BitvectorBuffers& buffers);

/// Rows that one scan takes on this machine.
std::size_t scan_rows();

/// Margins of `count` <= scan_rows() rows, row-major as `rows` is.
void scan_bitvectors(const BitvectorView& view, const float* rows, std::size_t count, float* margins,
                     const BitvectorBuffers& buffers);

}  // namespace flowsift::model
