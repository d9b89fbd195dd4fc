// NeighbourBlocks: points ordered so that near ones share a block of thirty-two, each block with the box around it, for
// an exact search of nearest neighbours that looks only into blocks whose box is near enough.
//
// Built once, then read by any number of threads, each with its own Search. Distances are sums over all coordinates, of
// float32 to rule points out and of double to decide; the decision does not depend on machine or thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dataset/row_hash.h"

namespace flowsift::dataset {

struct NearPoint {
    double squared_distance;
    std::uint32_t point;

    /// Nearer, or as near and of a lower number.
    bool operator<(const NearPoint& other) const {
        return squared_distance != other.squared_distance ? squared_distance < other.squared_distance
                                                          : point < other.point;
    }
};

class NeighbourBlocks {
  public:
    static constexpr std::size_t kLanes = 32;

    /// Points are the rows of `columns`, all finite; at least one.
    explicit NeighbourBlocks(Columns columns);

    std::size_t blocks() const { return blocks_; }

    /// The points of a block: at most kLanes.
    std::span<const std::uint32_t> points(std::size_t block) const {
        return {order_.data() + starts_[block], starts_[block + 1] - starts_[block]};
    }

    /// The k nearest other points of one block's points. Owned by one thread.
    class Search {
      public:
        Search(const NeighbourBlocks& blocks, std::size_t k) : all_(blocks), k_(k) {}

        /// Looks for the neighbours of points(block)[lane] for each bit `lane` of `lanes`, at least one.
        void run(std::size_t block, std::uint32_t lanes);

        /// Of points(block)[lane] of the last run: nearest first, k of them, or all others where there are fewer.
        std::span<const NearPoint> nearest(std::size_t lane) const { return queries_[lane].nearest; }

      private:
        struct Query {
            std::uint32_t point = 0;
            float limit = 0;  ///< A point whose float32 sum exceeds it cannot be among the nearest.
            std::vector<float> coordinates;
            std::vector<NearPoint> nearest;  ///< Sorted.
        };
        struct Candidate {
            float bound;
            std::uint32_t block;
        };

        void begin(std::size_t block, std::uint32_t lanes);
        void gather_candidates(std::size_t block);
        void scan(Query& query, std::size_t block);
        void offer(Query& query, NearPoint found);
        float worst_limit() const;

        const NeighbourBlocks& all_;
        std::size_t k_;
        std::array<Query, kLanes> queries_;  ///< By lane.
        std::vector<std::size_t> lanes_;     ///< Of this run.
        std::vector<Candidate> candidates_;
    };

  private:
    void choose_dimensions(Columns columns);
    void divide(Columns columns, std::size_t begin, std::size_t end);
    std::size_t widest(Columns columns, std::size_t begin, std::size_t end) const;
    void fill_block(Columns columns, std::size_t block);
    float bound(std::size_t a, std::size_t b, float limit) const;
    const float* values(std::size_t block) const { return values_.data() + block * dimensions_.size() * kLanes; }
    double squared_distance(const std::vector<float>& coordinates, std::size_t block, std::size_t lane) const;

    std::vector<std::size_t> dimensions_;  ///< Columns that differ among the points, the widest spread first.
    std::vector<std::size_t> by_column_;   ///< Places in dimensions_ in the order of the columns, for the double sums.
    std::vector<std::uint32_t> order_;     ///< Points, block by block.
    std::vector<std::uint32_t> starts_;    ///< Of each block in order_, and the end of the last.
    std::size_t blocks_ = 0;
    std::vector<float> values_;      ///< Per block and dimension, one value per lane; infinite where no point stands.
    std::vector<float> low_, high_;  ///< The boxes: per block, one value per dimension.
    double slack_ = 1;
};

}  // namespace flowsift::dataset
