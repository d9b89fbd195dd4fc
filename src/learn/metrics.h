// Metrics: how good predictions are, per class and over all, and how to show that as text and as JSON.
//
// Nothing is averaged away silently: classes too small to judge are printed and left out of the mean, and say so.
// Pure functions of their arguments; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dataset/table.h"

namespace flowsift::learn {

using dataset::ClassIndex;

/// Of one class: true positives are `correct`. Ratios whose denominator is 0 are 0.
struct ClassFigures {
    std::string name;
    std::uint64_t support = 0;    ///< Rows that are of this class.
    std::uint64_t predicted = 0;  ///< Rows that were said to be.
    std::uint64_t correct = 0;    ///< Both.
    double precision = 0;         ///< correct / predicted
    double recall = 0;            ///< correct / support
    double f1 = 0;                ///< 2 correct / (support + predicted)
    bool is_averaged = false;     ///< Part of macro-F1.
    bool is_known = true;         ///< The model has this class; otherwise each of its rows counts as wrong.
};

struct Evaluation {
    std::uint64_t rows = 0;
    std::uint64_t correct = 0;
    double accuracy = 0;
    double macro_f1 = 0;                   ///< Mean F1 of the averaged classes; 0 without any.
    std::uint64_t minimum_support = 1;     ///< Classes with fewer rows are not averaged.
    std::vector<ClassFigures> classes;     ///< By name; those that have rows or were predicted.
    std::vector<std::uint64_t> confusion;  ///< Row-major: [true class][predicted class], classes.size() squared.
    std::optional<double> log_loss;        ///< Mean of -ln(probability of the true class, at least 1e-15).

    std::uint64_t confused(std::size_t truth, std::size_t predicted) const {
        return confusion[truth * classes.size() + predicted];
    }
};

/// What a model said of a table's rows. Classes of model and data are matched by name. Spans may be views of anything.
struct Predictions {
    std::span<const std::string> data_classes;
    std::span<const ClassIndex> truth;  ///< Per row, into data_classes.
    std::span<const std::string> model_classes;
    std::span<const ClassIndex> predicted;      ///< Per row, into model_classes.
    std::span<const float> probabilities = {};  ///< Empty, or per row one per model class.
};

/// `minimum_support` of 0 counts as 1: a class without rows has no recall. Precondition: sizes and indices as above.
Evaluation evaluate_predictions(const Predictions& predictions, std::uint64_t minimum_support = 1);

struct Interval {
    double low = 0, high = 1;
};

/// 95 % confidence interval of a share (Wilson 1927): honest for few trials and shares near 0 and 1.
Interval wilson_interval(std::uint64_t successes, std::uint64_t trials);

/// 95 % interval of a class's F1: that of correct / (support + predicted - correct), a share of which F1 is a rising
/// function (2 j / (1 + j)).
Interval f1_interval(const ClassFigures& figures);

/// Mean F1 of the classes with at least so many rows, and at least one; 0 without any.
double macro_f1_from(const Evaluation& evaluation, std::uint64_t minimum_support);

/// One sentence each: classes left out of the mean, classes that the model does not know. For text and report alike.
std::vector<std::string> caveats(const Evaluation& evaluation);

/// A table per class and the confusion matrix (or, where that is wider, the most frequent confusions), at most 100
/// columns, UTF-8, with a final newline.
std::string to_text(const Evaluation& evaluation);

/// Member `name` of the object that the writer is in: [low, high].
void write_interval(std::string_view name, const Interval& interval, base::JsonWriter& json);

/// One JSON object; `json` stands where a value may be.
void write_json(const Evaluation& evaluation, base::JsonWriter& json);

}  // namespace flowsift::learn
