// Suspicion: which rows of traffic that is said to be benign look like attacks, so that an attack among them is not
// learnt to be normal.
//
// A row is suspicious where the model raises an alarm for it, and a forest that learnt from the model's rows and from
// the benign rows of other initiators, or of other responders, takes it for an attack as well. So a habit that several
// hosts share is believed; what one host alone does, or suffers (a flood of forged sources), is left to a person.
// Deterministic by the seed of the options; pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "learn/training.h"
#include "model/model.h"

namespace flowsift::learn {

struct SuspicionOptions {
    std::vector<float> thresholds;  ///< By class of the model: alarm from this calibrated probability on.
    std::size_t folds = 5;
    /// Of the rows for which the model raises an alarm of one class, so many, as a share of the model's own rows of
    /// that class, may speak for being benign: however many attacks are given as benign, they cannot outvote.
    double lookalike_share = 0.25;
    /// Where so many of the rows of one initiator and one responder are suspicious, the rest goes with them: an attack
    /// has flows that the model misses.
    double companion_share = 0.2;
};

struct SuspiciousRow {
    std::uint32_t row = 0;
    dataset::ClassIndex class_index = 0;  ///< Of the model.
    float probability = 0;                ///< The model's, calibrated.
    float cross_probability = 0;          ///< That it is no benign row, as the others' forests say; the larger one.
};

struct Suspicion {
    std::vector<SuspiciousRow> suspects;  ///< Ascending by row.
    /// Rows that are none of these, but of two hosts a good part of whose rows are: ascending.
    std::vector<std::uint32_t> companions;
    std::size_t alarms = 0;  ///< Rows for which the model raises an alarm, trusted ones among them.
    bool is_by_host = true;  ///< False: hosts are unknown, or only one; five-tuples were kept apart instead.
};

/// `known`: the rows of the model's training; `benign`: rows of the same classes, each of a depth that a stage is for.
/// `responders`: per row of `benign`, a hash of the host that answers, or none are known. `trusted`: likewise, whether
/// somebody has vouched for it; such a row is never suspicious. Errors: those of the learner; stopped by `progress`.
base::Result<Suspicion> find_suspicious_rows(const model::Model& model, const dataset::Table& known,
                                             const dataset::Table& benign, const std::vector<std::uint64_t>& responders,
                                             const std::vector<bool>& trusted, const TrainingOptions& training,
                                             const SuspicionOptions& options, const base::Progress& progress);

/// Whether a verdict of this class is an alarm. `benign_class`: of the model.
inline bool is_alarm(std::size_t class_index, float probability, int benign_class,
                     const std::vector<float>& thresholds) {
    return static_cast<int>(class_index) != benign_class && probability >= thresholds[class_index];
}

/// What `training` becomes where a forest is grown only to be asked: nothing is held out, nothing kept.
TrainingOptions for_asking(TrainingOptions training);

}  // namespace flowsift::learn
