// Novelty: is a row of a kind that the forest has never learnt from? Told by leaves that were never met together.
//
// Rows of one kind end in leaves that go together: for each two neighbouring trees, the pairs of leaves in which some
// training row stood are remembered. A row of a new kind ends in leaves as well, but in pairs that no training row had.
// Of the scores that were compared (docs/performance.md) this one finds attacks that were left out of training best.
// Only the forest's first trees are asked, so that a walk through the rest may stop early. Plain data; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/forest.h"

namespace flowsift::model {

/// Trees whose leaves are paired.
inline constexpr std::size_t kNoveltyTrees = 64;

/// A set of pairs as a table of bits: a pair that is not in it is taken for seen once in some thirty times, never the
/// other way round.
struct LeafPairs {
    std::vector<std::uint64_t> bits;  ///< A power of two of words, or none: nothing is novel then.
    std::uint32_t limit = 0;          ///< A row with more unseen pairs than this is novel.

    /// `tree`: the first of the two; `leaf`, `next_leaf`: node indexes in it and in the tree after it.
    bool has(std::size_t tree, std::uint32_t leaf, std::uint32_t next_leaf) const {
        const std::size_t bit = place(tree, leaf, next_leaf);
        return (bits[bit / 64] >> bit % 64 & 1) != 0;
    }
    void add(std::size_t tree, std::uint32_t leaf, std::uint32_t next_leaf) {
        const std::size_t bit = place(tree, leaf, next_leaf);
        bits[bit / 64] |= std::uint64_t{1} << bit % 64;
    }

  private:
    std::size_t place(std::size_t tree, std::uint32_t leaf, std::uint32_t next_leaf) const {
        std::uint64_t mix = (std::uint64_t{leaf} << 32 | next_leaf) + 0x9e3779b97f4a7c15 * (tree + 1);
        mix = (mix ^ (mix >> 30)) * 0xbf58476d1ce4e5b9;  // splitmix64's finaliser.
        mix = (mix ^ (mix >> 27)) * 0x94d049bb133111eb;
        return (mix ^ (mix >> 31)) & (64 * bits.size() - 1);
    }
};

/// Trees that count: kNoveltyTrees, or all of a smaller forest.
std::size_t novelty_trees(const Forest& forest);

/// Of the novelty_trees() - 1 pairs of `row`, how many no training row had. Precondition: pairs.bits not empty.
std::uint32_t unseen_pairs(const Forest& forest, const LeafPairs& pairs, std::span<const float> row);

/// A power of two of words, at most 2^24 of them (128 MB); a limit within the pairs that there are.
base::Result<void> check_pairs(const LeafPairs& pairs, const Forest& forest);

}  // namespace flowsift::model
