// Random Forest training (Breiman 2001): bootstrap samples, Gini splits among a few random features of each node.
//
// The same table, rows, options and seed give the same bits on any number of threads: every tree has its own random
// stream, class counts are whole numbers, and sums over trees run in the order of the trees.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "model/forest.h"

namespace flowsift::learn {

enum class ClassWeights : std::uint8_t {
    kNone,
    kBalanced,           ///< Rows / (classes × rows of the class), over the training rows.
    kBalancedSubsample,  ///< The same, over each tree's bootstrap sample.
    kExplicit,           ///< ForestOptions::explicit_weights.
};

struct ForestOptions {
    std::uint32_t trees = 100;
    std::uint64_t seed = 1;
    std::size_t threads = 0;  ///< 0: all.
    /// Draws on each side of a split; a row drawn twice counts twice. 2 rather than 1: a quarter fewer nodes on rows of
    /// the natural class mix, and macro-F1 lower by 0.00004 ± 0.00003 over ten splits of the corrected CIC-IDS2017
    /// rows.
    std::uint32_t min_samples_leaf = 2;
    /// Splits on the way to a leaf; 0: as deep as a model may be. 24 changed nothing on those splits.
    std::uint32_t max_depth = 24;
    std::uint32_t features_per_split = 0;  ///< 0: the square root of their number, rounded down.
    bool bootstrap = true;                 ///< false: every tree sees every row once.
    /// Size of a tree's bootstrap sample, as a multiple of the rows. Breiman's 1 shows a tree 63 % of the rows, 1.5
    /// shows it 78 %: measured on the corrected CIC-IDS2017 rows that makes forests better by 0.0001 in accuracy and
    /// macro-F1, steadily over 40 splits. Above 0, at most 16.
    double draws_per_row = 1.5;
    ClassWeights class_weights = ClassWeights::kNone;
    std::vector<double> explicit_weights;  ///< One per class of the table, > 0.
    /// Nodes of up to this many distinct rows are split between their real values, larger ones between at most 256 bins
    /// per feature. On 750,000 rows of the natural class mix bins alone lower macro-F1 by 0.0015.
    std::size_t exact_rows = 256;
    bool score_out_of_bag = false;
    bool keep_out_of_bag = false;  ///< Fills TrainedForest::out_of_bag: 4 bytes per row and class.
};

struct TrainedForest {
    model::Forest forest;
    std::vector<double> importance;  ///< Per feature: mean decrease in Gini, sum 1 (all 0 if no tree has a split).
    std::optional<double> out_of_bag_accuracy;  ///< Over rows that some tree did not draw, judged by those trees.
    /// On request, and with a bootstrap: see out_of_bag_probabilities(); in the order of `rows`.
    std::vector<float> out_of_bag;
};

/// `rows`: the table's rows to learn from; a repeated index is a repeated row. Takes one byte per row and feature, and
/// some 20 bytes per row and thread; judging out of bag 4 bytes per row and class. `progress` counts trees. Errors: no
/// rows, a single class among them, options out of range, stopped by `progress`.
base::Result<TrainedForest> train_forest(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                         const ForestOptions& options, const base::Progress& progress);

}  // namespace flowsift::learn
