// Comparison: the classic question in one run: a Random Forest or XGBoost, with SMOTE or without?
//
// All variants learn from the same rows and are judged on the same rows. One thread calls.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "learn/training.h"

namespace flowsift::learn {

struct Variant {
    std::string algorithm;  ///< Its title.
    bool is_balanced = false;
    Evaluation evaluation;  ///< On the rows held out.
    double seconds = 0;     ///< Of training, balancing included.
};

/// Every algorithm without SMOTE, then with it (options.learner.smote, or its defaults, a cap of 20,000 rows per class,
/// where there is none), on rows of whole flows. `progress` counts thousandths. Errors: a split that holds nothing out,
/// those of the split, of SMOTE and of the learners.
base::Result<std::vector<Variant>> compare(const dataset::Table& table, const TrainingOptions& options,
                                           const base::Progress& progress);

/// One line per variant, one column per figure; the F1 of each class below; with a final newline.
std::string to_text(const std::vector<Variant>& variants);

}  // namespace flowsift::learn
