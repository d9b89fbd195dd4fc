// Drift: is the traffic of today still what the model has learnt from? Told once an hour of capture time.
//
// Two measures. Per feature, the population stability index of ended flows against the benign flows of training
// (model/benign_reference.h): sum of (now - then) ln(now / then) over the bins; above 0.25 by common use a change that
// asks for a new model (Siddiqi 2006). And the share of flows that no class fits, by the conformal scores of training:
// a model that is still right finds no class for at most as many as the error it is asked with. Flows of an attack are
// left out, muted and allowed ones too: an attack is no drift. Where the limits come from: docs/alerts.md. Owned by one
// detector; allocates nothing per flow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "model/model.h"

namespace flowsift::detect {

/// What the index of `now` rows against `then` rows of the same distribution comes to by chance alone, on average
/// (Yurdakul 2018: a multiple of chi-squared, of bins - 1 degrees).
double expected_index(std::size_t bins, std::uint64_t now, std::uint64_t then);

/// `expected`: share per bin of `then_rows` rows; `counts`: rows seen per bin. Half a row is added to each bin of both,
/// so that what few rows did not show is not taken for impossible.
double stability_index(std::span<const float> expected, std::uint64_t then_rows, std::span<const std::uint64_t> counts);

class Drift {
  public:
    static constexpr std::uint64_t kLeastFlows =
        500;  ///< Fewer say little: the period goes on until there are so many.
    static constexpr double kMostIndex = 0.25;
    static constexpr double kMostChanged = 0.25;  ///< Of the features …
    static constexpr std::size_t kSeveral = 3;    ///< … or of a model of few, so many of them.
    static constexpr double kError = 0.05;        ///< Of the conformal sets.

    /// By the model's stage of whole flows, once in `period` of capture time. `model` must outlive it.
    Drift(const model::Model& model, base::Nanoseconds period);

    /// The model tells what it has learnt from. Nothing is measured otherwise.
    bool can_tell() const { return !reference_.empty(); }

    /// An ended flow that did not alarm.
    void add(std::span<const float> row, const Verdict& verdict);

    /// A sentence when a period has ended, a warning where it is time to train again; valid until the next call.
    std::optional<Notice> advance(base::Nanoseconds now);

  private:
    struct FeatureIndex {
        std::size_t feature;
        double index;
    };
    std::vector<FeatureIndex> indexes() const;
    /// How many features must have changed to be the sign.
    std::size_t most_changed() const;
    /// The share of flows without a class that is not yet the sign: twice the error, or what chance may give where
    /// flows or scores are few.
    double most_empty() const;
    std::string sentence(const std::vector<FeatureIndex>& largest, std::size_t changed, double empty,
                         bool is_time) const;
    void restart(base::Nanoseconds now);

    const model::Model& model_;
    base::Nanoseconds period_;
    const model::BenignReference& reference_;
    const model::ConformalScores& scores_;
    std::vector<std::vector<std::uint64_t>> counts_;  ///< Per feature and bin.
    std::uint64_t flows_ = 0;
    std::uint64_t empty_ = 0;  ///< Of them, those that no class fits.
    std::optional<base::Nanoseconds> begin_;
    std::string text_;
};

}  // namespace flowsift::detect
