// Gradient boosting through libxgboost (Chen and Guestrin 2016): histograms, early stopping, class weights.
//
// The library grows the trees; the result is a model::Forest like any other, judged by our own engines, so that
// libxgboost is needed for training only. Regularised by default: without a least child weight and L2, boosting
// diverges on classes of a handful of rows.
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "learn/forest_trainer.h"

namespace flowsift::learn {

struct BoostingOptions {
    std::uint32_t rounds = 100;   ///< At most; one tree per class each (one for two classes).
    double learning_rate = 0.3;   ///< In (0, 1].
    std::uint32_t max_depth = 6;  ///< 1 to 16.
    double min_child_weight = 1;  ///< Least sum of Hessians of a leaf; at least 1.
    double l2 = 1;                ///< On leaf margins; above 0.
    double row_share = 1;         ///< Of the rows, drawn for each round; in (0, 1].
    double feature_share = 1;     ///< Of the features, drawn for each tree; in (0, 1].
    std::uint32_t patience = 10;  ///< Rounds without a better log loss on the validation rows before it stops.
    std::uint64_t seed = 1;
    std::size_t threads = 0;  ///< 0: all. Sums of floats: another number of threads may give other last bits.
    ClassWeights class_weights = ClassWeights::kNone;  ///< Not kBalancedSubsample, which is a bootstrap's.
    std::vector<double> explicit_weights;              ///< Of kExplicit: one per class of the table, > 0.
};

struct BoostedForest {
    model::Forest forest;
    std::vector<double> importance;  ///< Per feature: share of the total gain, sum 1 (all 0 if no tree has a split).
    std::uint32_t rounds = 0;        ///< That the forest holds: those up to the best on the validation rows.
};

/// `rows`, `validation`: rows of the table; the latter may be empty: all rounds are then grown. Takes four bytes per
/// row and feature besides the library's own. `progress` counts rounds. Errors: no rows, a single class among them,
/// options out of range, stopped by `progress`, what libxgboost says.
base::Result<BoostedForest> train_boosting(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                           const std::vector<std::uint32_t>& validation, const BoostingOptions& options,
                                           const base::Progress& progress);

}  // namespace flowsift::learn
