// The corrected CIC-IDS2017 rows as the benchmarks of trainers want them: all columns, whoever computed them.
//
// Those features are included whose public values differ from ours: a comparison of trainers loses nothing by it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"

namespace flowsift::bench {

/// Every feature of the `cic` schema that is learnt from by default. Errors: as dataset::load_csv_files().
base::Result<dataset::Table> load_corrected_rows(const std::string& csv);

/// All values, row by row, as NumPy and scikit-learn want them.
std::vector<float> row_major(const dataset::Table& table);

}  // namespace flowsift::bench
