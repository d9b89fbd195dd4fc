// Adaptation: a model's training rows beside a user's benign traffic and what analysts said: would a model that learns
// from all of it be better than one that learns from the model's rows alone?
//
// Both are judged fairly: in every fold, both learn from the same part of the model's rows, one of them from the same
// part of the user's as well, and both judge the rest, with no five-tuple on both sides. The model in use itself is no
// measure: it has seen these rows. Deterministic by the seed; pure functions.
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

/// What speaks against a new model. Rows of one class that it gets wrong and the old one got right, beyond those that
/// it gains: one row, or this share of the class, is chance.
inline constexpr double kRecallTolerance = 0.02;
inline constexpr double kMacroF1Tolerance = 0.01;

struct AdaptationRows {
    dataset::Table known;     ///< Of the model's training.
    dataset::Table benign;    ///< The user's.
    dataset::Table feedback;  ///< Rows that analysts named the class of. All of one schema and one list of classes.

    /// Known, benign, feedback.
    dataset::Table joined() const;
};

struct StageComparison {
    std::uint64_t packets = 0;  ///< As model::Stage.
    Evaluation before, after;   ///< On the model's rows.
    std::uint64_t benign_rows = 0;
    std::uint64_t alarms_before = 0, alarms_after = 0;  ///< False ones, on the user's benign rows.
};

struct AdaptationComparison {
    std::vector<StageComparison> stages;
    std::size_t folds = 0;
    bool is_by_five_tuple = true;  ///< False: some rows have no addresses; rows were kept apart, which flatters both.
    std::uint64_t feedback_rows = 0;
    std::uint64_t heeded_before = 0, heeded_after = 0;  ///< Of them, given the class that the analyst named.
    std::vector<std::string> objections;                ///< One sentence each; none: the new one is not worse.

    const StageComparison& whole_flows() const { return stages.back(); }
};

/// `thresholds`: by class, from which calibrated probability on a verdict is an alarm. Errors: those of folding and
/// of the learner; stopped by `progress`.
base::Result<AdaptationComparison> compare_adapted(const AdaptationRows& rows, const TrainingOptions& training,
                                                   const std::vector<float>& thresholds,
                                                   const base::Progress& progress);

/// Why the new model of `comparison` is worse.
std::vector<std::string> objections_to(const AdaptationComparison& comparison);

}  // namespace flowsift::learn
