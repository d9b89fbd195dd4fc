// Preparation: what is done to the rows before an algorithm learns from them, and undone in the forest afterwards.
//
// Scaling is folded into the thresholds and resampling into the leaves, so that the forest judges rows as they are: a
// model can never meet rows that someone forgot to prepare. One thread calls.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/scaler.h"
#include "dataset/smote.h"
#include "learn/learner.h"

namespace flowsift::learn {

/// Scales (LearnerOptions::scales), balances (LearnerOptions::smote), learns, and folds both back. `validation` rows
/// are scaled, never balanced. Errors: those of dataset::smote() and of the algorithm.
base::Result<Learnt> learn(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                           const std::vector<std::uint32_t>& validation, const LearnerOptions& options,
                           const base::Progress& progress);

/// Every threshold on scaled values becomes the one on values as they are that decides alike.
void fold_scaler(const dataset::StandardScaler& scaler, model::Forest& forest);

/// Gives a forest that learnt from resampled rows the odds of the rows as they were (Saerens 2002). `before`, `after`:
/// rows per class. A class's share is multiplied by (share before / share after): in each leaf, which is renormalised
/// (mean), or as a logarithm in the base margins (boosting). Classes without rows stay.
void undo_prior(std::span<const std::uint64_t> before, std::span<const std::uint64_t> after, model::Forest& forest);

}  // namespace flowsift::learn
