// check_forest: proof that a forest from anywhere can be walked safely: every walk ends at a leaf that exists.
//
// Used on what was read from a file before anyone predicts with it, and before saving.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "model/forest.h"

namespace flowsift::model {

/// No honest model comes near these; they bound what a hostile file can make the program allocate or do.
inline constexpr std::size_t kMaxTrees = 10'000;
inline constexpr std::size_t kMaxDepth = 1'000;  ///< Splits on the way to a leaf.
inline constexpr std::size_t kMaxFeatures = 4'096;
inline constexpr std::size_t kMaxClasses = 4'096;

/// Checks counts and limits, the breadth-first order (which excludes cycles and unreachable nodes), feature and leaf
/// indexes, finite thresholds, covers ≥ 0, and leaf values: a random forest's distributions lie in [0, 1] and sum to
/// 1 ± 0.001, margins are finite. The Error names the tree and the node.
base::Result<void> check_forest(const Forest& forest);

}  // namespace flowsift::model
