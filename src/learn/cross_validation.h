// Cross-validation: how much a figure hangs on which rows happened to be held out.
//
// Every row of whole flows is judged once, by a model that has not learnt from it. One thread calls; training uses as
// many as it is told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "learn/metrics.h"
#include "learn/training.h"

namespace flowsift::learn {

struct MeanAndDeviation {
    double mean = 0;
    double deviation = 0;  ///< Of a sample (n - 1); 0 of a single value.
};

MeanAndDeviation mean_and_deviation(const std::vector<double>& values);

struct CrossValidation {
    std::vector<Evaluation> folds;
    MeanAndDeviation accuracy;
    MeanAndDeviation macro_f1;
};

/// Folds of the kind that `options.split` names. Errors: a split that has no folds, those of folding and of the
/// learner, stopped by `progress`, which counts trees or rounds of all folds.
base::Result<CrossValidation> cross_validate(const dataset::Table& table, const TrainingOptions& options,
                                             std::size_t folds, const base::Progress& progress);

/// A line per fold, the means, and standard deviations; with a final newline.
std::string to_text(const CrossValidation& validation);

}  // namespace flowsift::learn
