#include "model/bitvector_forest.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

constexpr std::size_t kWordBits = 32;
/// Times 64 bytes per word and 16 rows: half of a nearest cache of 32 KB, the other half for what streams by.
constexpr std::size_t kBlockWords = 256;

/// Whether one scan of many rows costs less than one scan for each. Measured (1,600 trees): of 16 lanes as much as of
/// 11 rows, of 8 as of 6.4; of 4 lanes it costs more than of 4 rows.
bool are_many(std::size_t rows) {
    return scan_rows() >= 8 && 4 * rows >= 3 * scan_rows();
}

}  // namespace

class BitvectorForest::Builder {
  public:
    Builder(const Forest& from, BitvectorForest& to) : from_(from), to_(to) {}

    Result<void> run() {
        for (std::size_t t = 0; t < from_.trees.size(); ++t) {
            if (words_ + kMaxLeaves / kWordBits > kBlockWords) close_block(t);
            if (!add_tree(from_.trees[t])) return Error{fmt::format("tree {} has more than {} leaves", t, kMaxLeaves)};
        }
        close_block(from_.trees.size());
        list(row_drafts_, to_.row_lists_, to_.row_splits_);
        return {};
    }

  private:
    template <class Split>
    struct Draft {
        std::uint32_t feature = 0;
        Split split;
    };

    /// Sorts splits and appends them by feature.
    template <class Split>
    static void list(std::vector<Draft<Split>>& drafts, std::vector<BitvectorList>& lists, std::vector<Split>& splits) {
        std::sort(drafts.begin(), drafts.end(), [](const Draft<Split>& a, const Draft<Split>& b) {
            return std::tie(a.feature, a.split.threshold, a.split.word) <
                   std::tie(b.feature, b.split.threshold, b.split.word);
        });
        for (std::size_t i = 0; i < drafts.size(); ++i) {
            const auto at = static_cast<std::uint32_t>(splits.size());
            if (i == 0 || drafts[i].feature != drafts[i - 1].feature) lists.push_back({drafts[i].feature, at, at});
            splits.push_back(drafts[i].split);
            lists.back().end = at + 1;
        }
        drafts.clear();
    }

    bool add_tree(const Tree& tree) {
        first_leaf_ = to_.leaves_.size();
        const std::size_t count = std::size_t(
            std::count_if(tree.nodes.begin(), tree.nodes.end(), [](const Node& node) { return node.is_leaf; }));
        if (count > kMaxLeaves) return false;
        const std::size_t words = (count + kWordBits - 1) / kWordBits;
        to_.trees_.push_back({static_cast<std::uint32_t>(words_), static_cast<std::uint32_t>(words),
                              static_cast<std::uint32_t>(first_leaf_)});
        if (count > 1)
            to_.row_trees_.push_back(
                {static_cast<std::uint32_t>(to_.trees_.size() - 1), static_cast<std::uint32_t>(first_leaf_)});
        add_leaves_below(tree, 0);
        words_ += words;
        return true;
    }

    /// From left to right; at most 63 levels, for there are at most 64 leaves.
    void add_leaves_below(const Tree& tree, std::uint32_t index) {
        const Node& node = tree.nodes[index];
        if (node.is_leaf) {
            to_.leaves_.push_back(tree.values[node.leaf]);
            return;
        }
        const std::size_t begin = to_.leaves_.size() - first_leaf_;
        add_leaves_below(tree, node.left);
        add_split(node, begin, to_.leaves_.size() - first_leaf_);
        add_leaves_below(tree, node.left + 1);
    }

    /// A split that rules out leaves [begin, end); once per word that has some of them.
    void add_split(const Node& node, std::size_t begin, std::size_t end) {
        const std::uint64_t below_end = end == kMaxLeaves ? ~std::uint64_t{0} : (std::uint64_t{1} << end) - 1;
        const std::uint64_t ruled_out = below_end & ~((std::uint64_t{1} << begin) - 1);
        row_drafts_.push_back(
            {node.feature, {node.threshold, static_cast<std::uint32_t>(to_.row_trees_.size() - 1), ~ruled_out}});
        for (std::size_t word = 0; word < kMaxLeaves / kWordBits; ++word) {
            const auto mask = static_cast<std::uint32_t>(ruled_out >> (kWordBits * word));
            if (mask == 0) continue;
            drafts_.push_back({node.feature, {node.threshold, static_cast<std::uint32_t>(words_ + word), ~mask}});
        }
    }

    /// Ends the block before tree `end`: sorts its splits into lists.
    void close_block(std::size_t end) {
        BitvectorBlock block{.first_list = static_cast<std::uint32_t>(to_.lists_.size()),
                             .first_tree = to_.blocks_.empty() ? 0 : to_.blocks_.back().last_tree,
                             .last_tree = static_cast<std::uint32_t>(end),
                             .words = static_cast<std::uint32_t>(words_)};
        list(drafts_, to_.lists_, to_.splits_);
        block.last_list = static_cast<std::uint32_t>(to_.lists_.size());
        to_.blocks_.push_back(block);
        to_.most_words_ = std::max(to_.most_words_, words_);
        words_ = 0;
    }

    const Forest& from_;
    BitvectorForest& to_;
    std::size_t words_ = 0;       ///< Of the block so far.
    std::size_t first_leaf_ = 0;  ///< Of the tree.
    std::vector<Draft<BitvectorSplit>> drafts_;
    std::vector<Draft<BitvectorRowSplit>> row_drafts_;
};

BitvectorForest::Scratch::Scratch(const BitvectorForest& forest)
    : values_(hwy::AllocateAligned<float>(forest.feature_count_ * kMaxScanRows)),
      words_(hwy::AllocateAligned<std::uint32_t>(forest.most_words_ * kMaxScanRows)),
      margins_(hwy::AllocateAligned<float>(forest.group_count() * kMaxScanRows)),
      row_words_(forest.row_trees_.size()),
      results_(forest.group_count() * kMaxScanRows) {
    for (const BitvectorTree& tree : forest.trees_) row_values_.push_back(forest.leaves_[tree.first_leaf]);
    row_values_.resize(row_values_.size() + kMaxScanRows, 0.0F);
}

Result<BitvectorForest> BitvectorForest::of(const Forest& forest) {
    if (forest.combination == Combination::kMean)
        return Error{"bit vectors are for boosted trees, not for means of distributions"};
    BitvectorForest made;
    made.feature_count_ = forest.feature_count;
    made.class_count_ = forest.class_count;
    made.combination_ = forest.combination;
    made.base_margins_ = forest.base_margins;
    if (auto built = Builder(forest, made).run(); !built) return built.error();
    return made;
}

std::size_t BitvectorForest::bytes() const {
    return splits_.size() * sizeof(splits_[0]) + row_splits_.size() * sizeof(row_splits_[0]) +
           lists_.size() * sizeof(lists_[0]) + trees_.size() * sizeof(trees_[0]) + leaves_.size() * sizeof(leaves_[0]);
}

BitvectorView BitvectorForest::view() const {
    return {.blocks = blocks_.data(),
            .block_count = blocks_.size(),
            .lists = lists_.data(),
            .splits = splits_.data(),
            .trees = trees_.data(),
            .leaves = leaves_.data(),
            .row_lists = row_lists_.data(),
            .row_list_count = row_lists_.size(),
            .row_splits = row_splits_.data(),
            .row_trees = row_trees_.data(),
            .row_tree_count = row_trees_.size(),
            .tree_count = trees_.size(),
            .base_margins = base_margins_.data(),
            .group_count = base_margins_.size(),
            .feature_count = feature_count_};
}

/// Of at most scan_rows() rows.
void BitvectorForest::margins_of_part(std::span<const float> rows, std::size_t count, float* margins,
                                      Scratch& scratch) const {
    const BitvectorBuffers buffers{scratch.values_.get(), scratch.words_.get(), scratch.margins_.get(),
                                   scratch.row_words_.data(), scratch.row_values_.data()};
    if (are_many(count)) return scan_bitvectors(view(), rows.data(), count, margins, buffers);
    for (std::size_t i = 0; i < count; ++i)
        scan_row(view(), &rows[i * feature_count_], margins + i * group_count(), buffers);
}

void BitvectorForest::predict_margins(std::span<const float> rows, std::span<float> margins, Scratch& scratch) const {
    const std::size_t count = rows.size() / feature_count_;
    const std::size_t step = scan_rows();
    for (std::size_t i = 0; i < count; i += step)
        margins_of_part(rows.subspan(i * feature_count_), std::min(step, count - i), &margins[i * group_count()],
                        scratch);
}

void BitvectorForest::predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch) const {
    const std::size_t count = rows.size() / feature_count_;
    const std::size_t groups = group_count();
    const std::size_t step = scan_rows();
    for (std::size_t i = 0; i < count; i += step) {
        const std::size_t part = std::min(step, count - i);
        margins_of_part(rows.subspan(i * feature_count_), part, scratch.results_.data(), scratch);
        for (std::size_t k = 0; k < part; ++k)
            margins_to_probabilities(combination_, std::span(scratch.results_).subspan(k * groups, groups),
                                     probabilities.subspan((i + k) * class_count_, class_count_));
    }
}

}  // namespace flowsift::model
