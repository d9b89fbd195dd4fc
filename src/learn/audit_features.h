// The audit of columns: which single feature tells a class from all others by itself, and which features tell where or
// with what a recording was made rather than what an attack does. A model that leans on those has learnt the recording.
//
// Pure functions of their arguments; threads change nothing but the time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/table.h"

namespace flowsift::learn {

using dataset::ClassIndex;

/// "Rows whose `feature` lies in [low, high] are of class `label`", and how right that is.
struct LoneFeature {
    std::size_t feature = 0;  ///< Column of the table.
    ClassIndex label = 0;
    float low = 0, high = 0;       ///< Values of rows, both inside. Equal: one single value.
    std::uint64_t support = 0;     ///< Rows of the class …
    std::uint64_t inside = 0;      ///< … rows of any class in the range …
    std::uint64_t correct = 0;     ///< … and both.
    double f1 = 0;                 ///< 2 correct / (support + inside)
    double balanced_accuracy = 0;  ///< Mean of the share of the class that is inside and of the rest that is not.
};

/// What the audit finds too good. Both bounds must be met: a class of nearly all rows has a high F1 for nothing, a
/// class of few rows a high balanced accuracy.
struct LoneBounds {
    double f1 = 0.9;
    double balanced_accuracy = 0.95;
    std::uint64_t minimum_rows = 30;  ///< Smaller classes are not asked about: chance finds a range for them.
};

/// For every class and feature the range with the best F1, where it reaches the bounds; best first. Ranges end at the
/// edges of at most 256 bins per feature (BinnedTable). A threshold is a range that begins or ends at the extreme.
std::vector<LoneFeature> find_lone_features(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                            const LoneBounds& bounds, std::size_t threads);

/// A column that the model had better not have.
struct Suspect {
    std::size_t feature = 0;
    std::string name;
    std::string reason;  ///< A clause: "it names the service that was attacked, not the attack".
};

/// Why a feature of that name is a trace of place or tool; empty where it is none. Ports, windows and segment sizes
/// that an operating system chooses, round trips.
std::string_view trace_of(std::string_view feature_name);

/// Traces, and features that alone meet one fixed value of a class (of `lone`): such a constant is the tool's.
/// Ascending by column.
std::vector<Suspect> find_suspects(const dataset::Table& table, const std::vector<LoneFeature>& lone);

/// The table without those columns. Its schema is "custom".
dataset::Table without_columns(const dataset::Table& table, const std::vector<Suspect>& suspects);

}  // namespace flowsift::learn
