// Tuning: better options of a learner by random search with successive halving (Jamieson and Talwalkar 2016) for as
// long as one is willing to wait.
//
// Rounds of nine random candidates: all learn from a ninth of the rows, the best three from a third, the best of these
// from all; each is judged by macro-F1 on rows held out. The options that one began with are judged first, so that
// tuning never ends with worse ones on these rows. One thread calls; which candidates are tried depends on the seed,
// how many on time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "learn/learner.h"
#include "learn/training.h"

namespace flowsift::learn {

struct TuningOptions {
    TrainingOptions
        training;  ///< Its split, share, seed and learner to begin with; rows of whole flows alone are used.
    std::chrono::milliseconds budget{0};
};

struct Trial {
    LearnerOptions learner;
    double macro_f1 = 0;  ///< Learnt from all rows but those held out.
};

struct Tuning {
    std::vector<Trial> trials;  ///< That learnt from all rows, in the order in which they were tried; the first begins.
    std::size_t best = 0;       ///< Of them; the first of equals.
    std::uint64_t candidates = 0;  ///< Tried at all, with parts of the rows.
    bool was_stopped = false;      ///< By `progress`, before the time was up.
};

/// `progress` counts milliseconds of the budget. Where it says stop, or time is up, what was found so far is the
/// answer. Errors: those of the split and of the learner with the options to begin with, or stopped before these were
/// judged.
base::Result<Tuning> tune(const dataset::Table& table, const TuningOptions& options, const base::Progress& progress);

}  // namespace flowsift::learn
