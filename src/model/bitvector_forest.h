// BitvectorForest: boosted trees of at most 64 leaves for one row or many; margins have the same bits as
// Forest::predict_margins().
//
// No tree is walked. The splits of all trees lie sorted by feature and threshold; each that a row fails rules out the
// leaves on its left, and of the leaves that remain the leftmost is the row's: QuickScorer (Lucchese et al. 2015), with
// a row per lane of a vector (V-QuickScorer, Lucchese et al. 2016). Made once, then read-only and shared by all
// threads; each thread has its own Scratch, and nothing is allocated after that.
#pragma once

#include <hwy/aligned_allocator.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/bitvector_scan.h"
#include "model/forest.h"

namespace flowsift::model {

class BitvectorForest {
  public:
    /// One thread's memory.
    class Scratch {
      public:
        explicit Scratch(const BitvectorForest& forest);

      private:
        friend class BitvectorForest;
        hwy::AlignedFreeUniquePtr<float[]> values_;
        hwy::AlignedFreeUniquePtr<std::uint32_t[]> words_;
        hwy::AlignedFreeUniquePtr<float[]> margins_;
        std::vector<std::uint64_t> row_words_;
        std::vector<float> row_values_;
        std::vector<float> results_;
    };

    static constexpr std::size_t kMaxLeaves = 64;  ///< Of one tree.

    /// Precondition: the forest passes check_forest(). Error: a mean of distributions, or a tree of more leaves.
    static base::Result<BitvectorForest> of(const Forest& forest);

    /// `rows`: row-major, any number; `probabilities`: class_count values for each, as Forest::predict().
    void predict(std::span<const float> rows, std::span<float> probabilities, Scratch& scratch) const;

    /// `margins`: group_count values for each row. Bit for bit Forest::predict_margins().
    void predict_margins(std::span<const float> rows, std::span<float> margins, Scratch& scratch) const;

    std::size_t feature_count() const { return feature_count_; }
    std::size_t class_count() const { return class_count_; }
    std::size_t group_count() const { return base_margins_.size(); }
    std::size_t bytes() const;

  private:
    class Builder;

    BitvectorView view() const;
    void margins_of_part(std::span<const float> rows, std::size_t count, float* margins, Scratch& scratch) const;

    std::size_t feature_count_ = 0;
    std::size_t class_count_ = 0;
    Combination combination_ = Combination::kSoftmax;
    std::size_t most_words_ = 0;  ///< Of a block.
    std::vector<BitvectorBlock> blocks_;
    std::vector<BitvectorList> lists_;
    std::vector<BitvectorSplit> splits_;
    std::vector<BitvectorTree> trees_;
    std::vector<BitvectorList> row_lists_;
    std::vector<BitvectorRowSplit> row_splits_;
    std::vector<BitvectorRowTree> row_trees_;
    std::vector<float> leaves_;
    std::vector<float> base_margins_;
};

}  // namespace flowsift::model
