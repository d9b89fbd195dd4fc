// A training run: split, forest, baseline, judgement on the rows held out, and a model that says where it comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/splits.h"
#include "dataset/table.h"
#include "learn/learner.h"
#include "learn/prediction.h"
#include "model/model.h"

namespace flowsift::learn {

/// How rows are held out for judging. One table row each.
struct SplitKind {
    std::string_view name;
    std::string_view help;
    /// Null: nothing is held out.
    base::Result<dataset::Split> (*split)(const dataset::Table& table, double test_share, std::uint64_t seed);
    /// Null: this kind has no folds.
    base::Result<std::vector<dataset::Split>> (*fold)(const dataset::Table& table, std::size_t folds,
                                                      std::uint64_t seed);
};

std::span<const SplitKind> split_kinds();

/// By name; the Error lists what exists.
base::Result<SplitKind> find_split(std::string_view name);

/// Of each class and stage, what `train` keeps in a model unless it is told otherwise.
inline constexpr std::uint64_t kKeptRows = 10'000;

struct TrainingOptions {
    SplitKind split = split_kinds().front();
    double test_share = 0.25;
    std::uint64_t seed = 1;    ///< Of the split and of the learner.
    bool drops_shared = true;  ///< Rows held out that equal one learnt from, label and all, judge nothing.
    LearnerOptions learner;    ///< Its seed is overwritten.
    /// Share of the rows to learn from that a first forest leaves out, so that it can be learnt from them how far such
    /// a forest is to be believed (learn/reliability.h). Whole five-tuples, where they are known. 0: the model's
    /// probabilities stay the forest's, and nothing is novel to it.
    double reliability_share = 0.2;
    /// When flows that go on were told, of which the rows (Table::depths) are. Besides the forest for whole flows there
    /// is one for each of `depths`, learnt from the rows of so many packets up to the next depth.
    std::vector<features::Checkpoint> schedule;
    std::vector<std::uint64_t> depths;  ///< Ascending.
    /// Of each class and stage, so many rows of the table at most are kept in the model, held out or not, for it to be
    /// trained again beside others (learn/kept_table.h). 0: none.
    std::uint64_t kept_rows = 0;
    std::uint64_t minimum_support = 1;  ///< Classes with fewer rows held out are printed, not averaged.
};

/// How one stage of the model came about.
struct StageTraining {
    std::uint64_t packets = 0;           ///< As model::Stage.
    std::optional<Judgement> judgement;  ///< Of rows of its depth that were held out.
    std::size_t rows_trained = 0;
    std::size_t rows_held_out = 0;
    std::size_t rows_shared = 0;  ///< Of those chosen to be held out: equal to a row learnt from, and left out.
    std::vector<std::string> constant_columns;  ///< With one value in all rows learnt from.
};

struct Training {
    /// Learnt from the rows that were not held out. Provenance without inputs and program version, and of whole flows.
    model::Model model;
    std::vector<StageTraining> stages;  ///< As those of the model.

    const StageTraining& whole_flows() const { return stages.back(); }
};

/// Every stage is split by itself, by the same rule. Errors: those of the split and of the learner, and a depth
/// without rows, and rows that are too many to be kept. `progress` counts trees or rounds, of all
/// stages, first forests included.
base::Result<Training> train_model(const dataset::Table& table, const TrainingOptions& options,
                                   const base::Progress& progress);

}  // namespace flowsift::learn
