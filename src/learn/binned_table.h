// BinnedTable: the training rows as one byte per cell, column by column: what trees are grown on.
//
// A feature with at most 256 distinct values gets a bin for each of them and loses nothing; any other gets bins of
// about equal numbers of rows, never two bins for one value. Made once per training, then read by all its threads;
// views the table and the rows, which must outlive it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/table.h"

namespace flowsift::learn {

inline constexpr std::size_t kMaxBins = 256;

/// The smallest and the largest training value in each bin of a feature, ascending.
struct FeatureBins {
    std::vector<float> lowest;
    std::vector<float> highest;
    bool is_exact = false;  ///< One value per bin.

    std::size_t size() const { return lowest.size(); }
};

class BinnedTable {
  public:
    /// `rows`: indexes into the table; a repeated one is a repeated row. Precondition: not empty.
    BinnedTable(const dataset::Table& table, std::span<const std::uint32_t> rows, std::size_t threads);

    std::size_t rows() const { return rows_.size(); }
    std::size_t features() const { return bins_.size(); }

    const FeatureBins& bins(std::size_t feature) const { return bins_[feature]; }

    /// Bin of every row, by position in `rows`.
    std::span<const std::uint8_t> codes(std::size_t feature) const {
        return {codes_.data() + feature * rows(), rows()};
    }

    float value(std::size_t feature, std::size_t position) const { return table_.columns[feature][rows_[position]]; }
    dataset::ClassIndex label(std::size_t position) const { return labels_[position]; }

  private:
    void bin_feature(std::size_t feature);

    const dataset::Table& table_;
    std::span<const std::uint32_t> rows_;
    std::vector<FeatureBins> bins_;
    std::vector<std::uint8_t> codes_;
    std::vector<dataset::ClassIndex> labels_;
};

}  // namespace flowsift::learn
