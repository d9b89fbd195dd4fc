// StandardScaler: every column moved to mean 0 and brought to standard deviation 1 over the rows it was fitted on.
//
// Serves what measures distances (SMOTE's neighbours) or wants columns of one size. Trees need none; where one was
// learnt from scaled rows all the same, unscale() gives thresholds for the rows as they are, so that a saved model can
// never meet rows that someone forgot to scale. Immutable once fitted.
#pragma once

#include <cstdint>
#include <vector>

#include "dataset/table.h"

namespace flowsift::dataset {

class StandardScaler {
  public:
    /// Mean and population standard deviation (divisor n, as scikit-learn has it) per column over `rows`. A column with
    /// one value has scale 1, as has every column where there are no rows (mean 0).
    static StandardScaler fit(const Table& table, const std::vector<std::uint32_t>& rows);

    std::size_t columns() const { return mean_.size(); }
    double mean(std::size_t column) const { return mean_[column]; }
    double scale(std::size_t column) const { return scale_[column]; }  ///< Above 0.

    /// (value - mean) / scale in double precision, rounded to float32; what lies beyond float32 is its largest number.
    /// Never falls where `value` rises.
    float scaled(std::size_t column, float value) const;

    /// All rows, scaled; whatever else the table holds stays. Precondition: the table has columns() columns.
    Table transform(Table table) const;

    /// The threshold on the values as they are that decides as `threshold` does on the scaled ones: for every finite
    /// float32 x, (scaled(x) <= threshold) == (x <= unscale(threshold)). The largest float32 where all lie below;
    /// minus infinity where none does, which no tree learns, as it finds rows on both sides. Precondition: no NaN.
    float unscale(std::size_t column, float threshold) const;

  private:
    std::vector<double> mean_, scale_;
};

}  // namespace flowsift::dataset
