// Learner: rows in, a forest out, by whichever algorithm was asked for. The one table of algorithms is in learner.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/random.h"
#include "base/result.h"
#include "dataset/smote.h"
#include "dataset/table.h"
#include "learn/boosting.h"
#include "learn/forest_trainer.h"
#include "learn/option_text.h"

namespace flowsift::learn {

struct LearnerOptions;

struct Learnt {
    model::Forest forest;
    std::vector<double> importance;             ///< Per feature, sum 1: of Gini decrease, or of gain.
    std::optional<double> out_of_bag_accuracy;  ///< Where it was asked for and the algorithm draws samples.
    std::uint32_t rounds = 0;                   ///< Of boosting.
};

struct Algorithm {
    std::string_view name;   ///< As in options.
    std::string_view title;  ///< As in tables: "Random Forest".
    std::string_view help;
    /// `validation` may be empty. `progress` counts up to steps().
    base::Result<Learnt> (*learn)(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                  const std::vector<std::uint32_t>& validation, const LearnerOptions& options,
                                  const base::Progress& progress);
    std::uint64_t (*steps)(const LearnerOptions& options);
    /// Sets what is worth tuning to random values, each within its usual range.
    void (*draw)(base::Random& random, LearnerOptions& options);
    /// Options as they are kept in the model.
    OptionTexts (*describe)(const LearnerOptions& options);
    /// Reads what describe() wrote. False where something is missing or no such option.
    bool (*restore)(const OptionTexts& texts, LearnerOptions& options);
};

std::span<const Algorithm> algorithms();

/// By name; the Error lists what exists.
base::Result<Algorithm> find_algorithm(std::string_view name);

/// Learn with learn/preparation.h, which does what is common to all algorithms.
struct LearnerOptions {
    Algorithm algorithm = algorithms().front();
    ForestOptions forest;
    BoostingOptions boosting;
    bool scales = false;                         ///< Columns are standardised for learning; see learn/preparation.h.
    std::optional<dataset::SmoteOptions> smote;  ///< Balances the rows to learn from; its seed is overwritten.

    /// Of both algorithms.
    void set_seed(std::uint64_t seed) { forest.seed = boosting.seed = seed; }
};

}  // namespace flowsift::learn
