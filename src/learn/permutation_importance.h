// Permutation importance (Breiman 2001): how much worse a forest judges rows once a feature's values are shuffled among
// them. Unlike the Gini importance it can be measured on rows held out, and does not favour features of many values.
//
// Of two features that say the same either can stand in for the other, so that both look unimportant. The same forest,
// rows and options give the same bits on any number of threads: every shuffle has its own random stream.
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "model/forest.h"

namespace flowsift::learn {

enum class Score : std::uint8_t {
    kMacroF1,  ///< Over the classes that the rows have or the forest predicts.
    kAccuracy,
};

struct PermutationOptions {
    Score score = Score::kMacroF1;
    std::uint32_t repeats = 5;  ///< Shuffles per feature.
    std::uint64_t seed = 1;
    std::size_t threads = 0;  ///< 0: all.
};

struct PermutationImportance {
    double score = 0;               ///< Of the rows as they are.
    std::vector<double> mean_drop;  ///< Per feature: score less the mean of the scores when shuffled; may be below 0.
    std::vector<double> deviation;  ///< Per feature: of the scores when shuffled (n - 1); 0 for a single repeat.
};

/// `rows`: those of the table to judge, better not the ones learnt from. The forest's classes and features are those of
/// the table. Judges all rows features × repeats times, less for features that no tree asks for: their drop is 0. Takes
/// a copy of the rows' values. `progress` counts shuffles. Errors: no rows, 0 repeats, a table of other classes or
/// features than the forest's, stopped by `progress`.
base::Result<PermutationImportance> permutation_importance(const model::Forest& forest, const dataset::Table& table,
                                                           const std::vector<std::uint32_t>& rows,
                                                           const PermutationOptions& options,
                                                           const base::Progress& progress);

}  // namespace flowsift::learn
