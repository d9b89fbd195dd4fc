// CompactForest: a forest packed for live use; its results have the same bits as Forest::predict().
//
// A node is 8 bytes, a tree's hottest path lies together, and leaf values that occur twice are kept once, so that 100
// deep trees fit a core's cache; several trees of a row are walked at once, for one walk only waits. (One tree for
// several rows at once was slower, also where the forest exceeds the cache.) Made once, then read-only and shared by
// all threads; each thread has its own Scratch, and nothing is allocated after that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/calibration.h"
#include "model/compact_walk.h"
#include "model/forest.h"
#include "model/novelty.h"

namespace flowsift::model {

/// What has to be known of a row, where the probabilities of the other classes are not.
struct DecisionRule {
    /// Per class: the class's probability that counts as sure enough. Calibration is monotone per class, so that a
    /// threshold on a calibrated probability is one on the probability before. Empty: every probability is.
    std::span<const float> thresholds;
    /// Tells novel rows: those with more unseen pairs than its limit. Null, or without bits: none is novel.
    const LeafPairs* pairs = nullptr;
    /// Of the class that is chosen. Null: its probability is not asked for.
    const Calibration* calibration = nullptr;
};

struct Decision {
    std::uint32_t class_index = 0;  ///< most_probable() of the probabilities.
    bool passes = false;            ///< Its probability >= thresholds[class_index].
    float probability = 0;          ///< Its calibrated probability; 0 where the rule has no calibration.
    bool is_novel = false;          ///< unseen_pairs() > the limit.

    bool operator==(const Decision&) const = default;
};

/// The decision on probabilities that are known; novelty is not theirs to tell.
Decision decide_by(std::span<const float> probabilities, const DecisionRule& rule);

/// What else predict() is to find: of each row its unseen_pairs(), none where `pairs` is null or without bits.
struct UnseenPairs {
    const LeafPairs* pairs = nullptr;
    std::span<std::uint32_t> counts = {};  ///< One per row; empty where `pairs` is null.
};

/// Rows that are under way together: as many as a Scratch has sums for.
inline constexpr std::size_t kBlockRows = 64;

class CompactForest {
  public:
    /// One thread's memory.
    class Scratch {
      public:
        explicit Scratch(const CompactForest& forest);

      private:
        friend class CompactForest;
        std::vector<float> sums_;    ///< kBlockRows times sum_stride_.
        std::vector<float> values_;  ///< Boosting: of the leaf of each tree that one row meets.
        std::vector<std::uint32_t> open_;
        std::vector<std::uint32_t> met_;  ///< Per row of a block, kNoveltyTrees nodes in which its walks ended.
    };

    /// Precondition: the forest passes check_forest(). Error: a tree too wide for 8-byte nodes (2^20 nodes between
    /// parent and child with 4096 features, 2^25 with 78), or over 2^22 different leaf values.
    static base::Result<CompactForest> of(const Forest& forest);

    /// `rows`: row-major, any number; `probabilities`: class_count values for each. Bit for bit Forest::predict().
    /// Precondition: `unseen` is empty unless the forest is a mean.
    void predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch,
                 const UnseenPairs& unseen = {}) const;

    /// One Decision per row: what decide_by() says of predict()'s probabilities, and of a mean whether it is novel. A
    /// mean stops at the tree after which no tree to come can change any of it; boosting sums all.
    void decide(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                Scratch& scratch) const;

    std::size_t feature_count() const { return view_.feature_count; }
    std::size_t class_count() const { return class_count_; }

    /// Of nodes and leaf values.
    std::size_t bytes() const;

  private:
    class Packer;

    CompactView view() const;
    void sum(const float* rows, std::size_t rows_open, std::size_t first, std::size_t last, Scratch& scratch) const;
    void sum_margins(const float* rows, std::size_t count, Scratch& scratch) const;
    std::uint32_t count_unseen(const std::uint32_t* met, const LeafPairs& pairs) const;
    void tell_novelty(const DecisionRule& rule, std::span<Decision> decisions, const Scratch& scratch) const;
    void start(std::size_t rows, Scratch& scratch) const;
    void finish(const float* sums, std::span<float> probabilities) const;
    void decide_block(const float* rows, const DecisionRule& rule, std::span<Decision> decisions,
                      Scratch& scratch) const;
    std::size_t decide_early(const float* rows, std::size_t open, const DecisionRule& rule,
                             std::span<Decision> decisions, Scratch& scratch) const;
    bool settled(const float* sums, std::size_t done, const DecisionRule& rule, Decision& decision) const;

    CompactView view_;  ///< Without its pointers, which view() sets: so that a CompactForest can be moved and copied.
    std::size_t class_count_ = 0;
    std::size_t sum_stride_ = 0;
    Combination combination_ = Combination::kMean;
    std::vector<CompactNode> nodes_;
    std::vector<std::uint32_t> roots_;
    std::vector<CompactRoute> routes_;
    std::vector<float> lone_leaves_;  ///< Boosting: per tree, the value of one that is a lone leaf; 0 of others.
    std::vector<std::uint32_t> plain_nodes_;  ///< Of the first kNoveltyTrees trees: per node, its index in model::Tree.
    std::vector<float> leaves_;
    std::vector<float> base_margins_;
};

}  // namespace flowsift::model
