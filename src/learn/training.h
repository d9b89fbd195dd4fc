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
#include "learn/forest_trainer.h"
#include "learn/prediction.h"
#include "model/model.h"

namespace flowsift::learn {

/// How rows are held out for judging. One table row each.
struct SplitKind {
    std::string_view name;
    std::string_view help;
    /// Null: nothing is held out.
    base::Result<dataset::Split> (*split)(const dataset::Table& table, double test_share, std::uint64_t seed);
};

std::span<const SplitKind> split_kinds();

/// By name; the Error lists what exists.
base::Result<SplitKind> find_split(std::string_view name);

struct TrainingOptions {
    SplitKind split = split_kinds().front();
    double test_share = 0.25;
    std::uint64_t seed = 1;             ///< Of the split and of the forest.
    ForestOptions forest;               ///< Its seed is overwritten.
    std::uint64_t minimum_support = 1;  ///< Classes with fewer rows held out are printed, not averaged.
};

struct Training {
    model::Model
        model;  ///< Learnt from the rows that were not held out. Provenance without inputs and program version.
    std::optional<Judgement> judgement;  ///< On the rows held out.
    std::size_t rows_trained = 0;
    std::size_t rows_held_out = 0;
};

/// Errors: those of the split and of train_forest(). `progress` counts trees.
base::Result<Training> train_model(const dataset::Table& table, const TrainingOptions& options,
                                   const base::Progress& progress);

}  // namespace flowsift::learn
