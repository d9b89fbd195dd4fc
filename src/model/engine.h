// Engine: the fastest way to predict with a forest, chosen by what was measured; every way gives the same bits.
//
// | forest | way |
// |---|---|
// | mean | CompactForest |
// | boosted, trees of up to 64 leaves | BitvectorForest, which scans for one row or for many |
// | boosted, larger trees | CompactForest |
// | too wide for compact nodes | Forest itself |
//
// Made once, then read-only and shared by all threads; each thread has its own Scratch, and nothing is allocated after
// that. bench/inference.cpp measures both.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/bitvector_forest.h"
#include "model/compact_forest.h"
#include "model/forest.h"

namespace flowsift::model {

class Engine {
  public:
    /// One thread's memory.
    class Scratch {
      public:
        explicit Scratch(const Engine& engine);

      private:
        friend class Engine;
        std::optional<CompactForest::Scratch> compact_;
        std::optional<BitvectorForest::Scratch> bitvector_;
        std::vector<float> probabilities_;
    };

    /// Precondition: the forest passes check_forest(). Copies what it needs: a forest too wide for compact nodes whole.
    static Engine of(const Forest& forest);

    /// `rows`: row-major, any number; `probabilities`: class_count values for each. Bit for bit Forest::predict().
    /// With `unseen`, of every row its unseen_pairs() as well.
    void predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch,
                 const UnseenPairs& unseen = {}) const;

    /// One Decision per row: what decide_by() says of predict()'s probabilities, sooner where a mean is
    /// settled before its last tree.
    void decide(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                Scratch& scratch) const;

    std::size_t feature_count() const { return feature_count_; }
    std::size_t class_count() const { return class_count_; }

  private:
    std::uint32_t count_unseen(const LeafPairs& pairs, std::span<const float> row) const;
    void decide_all(std::span<const float> rows, const DecisionRule& rule, std::span<Decision> decisions,
                    Scratch& scratch) const;
    /// Only the compact walk of a mean meets the leaves that tell novelty.
    bool tells_novelty_apart() const { return !compact_ || combination_ != Combination::kMean; }

    std::size_t feature_count_ = 0;
    std::size_t class_count_ = 0;
    Combination combination_ = Combination::kMean;
    std::optional<Forest> plain_;
    Forest first_;  ///< The trees that tell novelty, where they are not walked by compact_.
    std::optional<CompactForest> compact_;
    std::optional<BitvectorForest> bitvector_;  ///< One of the three.
};

}  // namespace flowsift::model
