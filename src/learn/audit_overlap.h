// The audit of a split: what of the rows that judge a model has it, in one form or another, already seen in training?
//
// Twins, known pairs of talkers and neighbours in time are why a random split flatters. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "dataset/splits.h"
#include "dataset/table.h"

namespace flowsift::learn {

inline constexpr base::Nanoseconds kNeighbourhood = 1'000'000'000;  ///< One second.

struct Overlap {
    std::uint64_t tested = 0;
    std::uint64_t twins = 0;           ///< Tested rows that equal a training row in every value and in class.
    std::uint64_t contradictions = 0;  ///< Those that equal training rows of other classes alone: nobody can be right.
    /// Tested rows whose five-tuple a training row has. Empty where one of the rows' is unknown.
    std::optional<std::uint64_t> shared_pairs;
    /// Tested rows that begin within kNeighbourhood of a training row of the same class. Empty as above, for times.
    std::optional<std::uint64_t> neighbours;
    std::vector<std::uint32_t> unseen;  ///< The tested rows that equal no training row, ascending as in the split.
};

/// Rows are compared value by value; 0 and -0 are equal.
Overlap audit_overlap(const dataset::Table& table, const dataset::Split& split);

/// One object of counts.
void write_json(const Overlap& overlap, base::JsonWriter& json);

}  // namespace flowsift::learn
