// Assessment: what a way of training is worth on a data set, told by splits side by side (random, by five-tuple, by
// time, and at one moment for all classes), with an audit that says which of them may be believed.
//
// It trains a model per split, once more without suspicious columns, and a few on parts of the rows. Pure function of
// table and options; one thread calls, training uses as many as it is told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "dataset/table.h"
#include "learn/audit_features.h"
#include "learn/audit_overlap.h"
#include "learn/audit_surrogate.h"
#include "learn/prediction.h"
#include "learn/training.h"

namespace flowsift::learn {

/// Classes with fewer rows held out are said to be too small to judge, and are not averaged unless all are: at 30 the
/// 95 % interval of a recall is still some 30 points wide.
inline constexpr std::uint64_t kFewRows = 30;

struct AssessmentOptions {
    TrainingOptions training;  ///< Its split is not used.
    double benign_flows_per_day = 1'000'000;
    LoneBounds lone;
};

struct SplitAssessment {
    std::string name;   ///< Of the SplitKind.
    std::string title;  ///< "Random", "By five-tuple", "By time", "New attacks".
    std::string help;
    std::string missing;  ///< Why there are no figures; empty where there are.
    std::size_t rows_trained = 0;
    ThoroughJudgement judgement;  ///< On the rows held out.
    Overlap overlap;
    Evaluation unseen;                            ///< On the rows held out that equal no training row.
    std::optional<ThoroughJudgement> restrained;  ///< Of a model without the suspects; where there are some.

    std::vector<std::string> new_classes;  ///< Held out, though training had no row of them …
    std::uint64_t new_rows = 0;            ///< … with so many rows …
    std::uint64_t new_found = 0;           ///< … of which so many were not said to be benign.

    bool is_made() const { return missing.empty(); }
};

struct LearningPoint {
    std::uint64_t rows = 0;  ///< Learnt from.
    double macro_f1 = 0;     ///< On the held-out rows of the curve's split, the same for all points.
};

struct Assessment {
    std::vector<SplitAssessment> splits;  ///< Random, by five-tuple, by time, by time over all classes.
    /// Of the first three the last that could be made: the figures to believe. The fourth asks another question, what
    /// becomes of attacks that nobody has learnt.
    std::size_t trusted = 0;
    std::uint64_t minimum_support = 1;  ///< Classes with fewer rows held out are not averaged.
    std::vector<std::string> verdict;   ///< Plain sentences, the weightiest first.

    std::vector<std::string> feature_names;
    std::vector<std::pair<std::string, std::uint64_t>> class_rows;
    std::vector<LoneFeature> lone;  ///< Best first.
    std::vector<Suspect> suspects;
    std::vector<LearningPoint> learning_curve;               ///< Ascending by rows.
    std::string learning_split;                              ///< Title of the split that the curve is of.
    std::optional<Surrogate> surrogate;                      ///< Of the trusted split's model.
    std::vector<std::pair<std::string, double>> importance;  ///< Gini, of the trusted split's model.
    /// Points of macro-F1 that this model loses on some 3,000 held-out rows once a feature's values are shuffled;
    /// none below 0. Of the same features.
    std::vector<std::pair<std::string, double>> permutation;
    double benign_flows_per_day = 0;

    const SplitAssessment& trusted_split() const { return splits[trusted]; }
};

/// Trains and judges on rows of whole flows. A split that the data does not allow (no addresses, no times) is named as
/// missing. Errors: no split can be made; stopped by `progress` (told in thousandths).
base::Result<Assessment> assess(const dataset::Table& table, const AssessmentOptions& options,
                                const base::Progress& progress);

/// What of an assessment may be trusted; assess() puts it into Assessment::verdict. Looks at everything else.
std::vector<std::string> verdict_of(const Assessment& assessment);

/// Everything as one JSON object.
void write_json(const Assessment& assessment, base::JsonWriter& json);

}  // namespace flowsift::learn
