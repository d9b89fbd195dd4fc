// Reliability: how far a forest is to be believed, learnt from rows that it has not learnt from.
//
// Fits what model::Stage holds besides the forest: calibration of the chosen class, conformal scores, and the pairs of
// leaves by which novel rows are told. Deterministic; pure functions of their arguments.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/table.h"
#include "model/model.h"

namespace flowsift::learn {

/// One verdict on a row of known class.
struct JudgedRow {
    dataset::ClassIndex chosen = 0;
    float probability = 0;  ///< The forest's, of that class.
    bool is_right = false;
};

/// Least rows of which a share is read; classes chosen more rarely share one curve.
inline constexpr std::size_t kRowsPerKnot = 25;

/// Isotonic regression (Barlow 1972: pool adjacent violators) over at most 20 bins of equal numbers of rows, the share
/// right + 1/2 of rows + 1 in each: level from the least to the largest probability of a pool, straight lines between. A class that was chosen for fewer than kRowsPerKnot rows gets the curve of all
/// classes together. Without rows: no curves.
model::Calibration fit_calibration(std::span<const JudgedRow> rows, std::size_t class_count);

/// `truth`: class per row; `probabilities`: class_count per row.
model::ConformalScores fit_conformal(std::span<const dataset::ClassIndex> truth, std::span<const float> probabilities,
                                     std::size_t class_count);

/// The pairs of leaves that `rows` of `table` meet, in 32 bits or more for each distinct one. The limit is 0.
model::LeafPairs collect_pairs(const model::Forest& forest, const dataset::Table& table,
                               std::span<const std::uint32_t> rows);

/// Share of known traffic that may be called novel.
inline constexpr double kNovelShare = 0.01;

/// The least limit that at most kNovelShare of `rows` (not learnt from, of learnt classes) exceed.
std::uint32_t fit_novelty_limit(const model::Forest& forest, const model::LeafPairs& pairs, const dataset::Table& table,
                                std::span<const std::uint32_t> rows);

/// Expected calibration error (Naeini 2015): mean over 15 equally wide bins of the probability, weighted by their rows,
/// of |share that is right - mean probability|. 0 without rows.
double expected_calibration_error(std::span<const JudgedRow> rows);

}  // namespace flowsift::learn
