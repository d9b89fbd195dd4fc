// The surrogate: a shallow tree fitted to what a forest says, not to the truth. Where it agrees with the forest, its
// few questions are what the forest leans on; how often it agrees (fidelity) is counted on rows that it has not seen.
//
// Pure functions; the same on any number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"
#include "model/model.h"

namespace flowsift::learn {

struct Surrogate {
    /// Breadth-first; the root is the first. A question whose two answers led to one class is a leaf.
    struct Node {
        bool is_leaf = true;
        std::uint16_t feature = 0;  ///< Of an inner node: value <= threshold goes to `left`, else to left + 1.
        float threshold = 0;
        std::uint32_t left = 0;
        std::uint16_t label = 0;     ///< Of a leaf: its class, into the model's classes.
        std::uint64_t rows = 0;      ///< Judged rows that come here …
        std::uint64_t agreeing = 0;  ///< … of which the forest says what the leaf that they reach says.
    };
    std::vector<Node> nodes;
    std::uint64_t rows = 0;           ///< Judged rows.
    std::uint64_t agreeing = 0;       ///< Of these, where tree and forest agree.
    std::uint64_t most_frequent = 0;  ///< Of these, what the forest says most often: agreement that costs nothing.

    double fidelity() const { return rows ? static_cast<double>(agreeing) / static_cast<double>(rows) : 0; }
};

inline constexpr std::uint32_t kSurrogateDepth = 4;

/// Learns from what the model says of at most 50,000 rows of `fit` (spread evenly), and is judged on `judged`. Empty
/// where the model says one class of all of them: then there is nothing to ask. Precondition: the table has the
/// model's schema; its classes are the model's.
std::optional<Surrogate> fit_surrogate(const model::Model& model, const dataset::Table& table,
                                       const std::vector<std::uint32_t>& fit, const std::vector<std::uint32_t>& judged,
                                       std::size_t threads);

}  // namespace flowsift::learn
