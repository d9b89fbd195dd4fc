// Drift: is the traffic of today still what the model has learnt from? Told once an hour of capture time.
//
// Two measures. Per feature, the population stability index of ended flows against the benign flows of training
// (model/benign_reference.h): sum of (now - then) ln(now / then) over the bins; above 0.25 by common use a change that
// asks for a new model (Siddiqi 2006). And the share of flows that no class fits, by the conformal scores of training:
// a model that is still right finds no class for at most as many as the error it is asked with. Flows that alarm are
// left out: an attack is no drift. Owned by one detector; allocates nothing per flow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "model/model.h"

namespace flowsift::detect {

/// `expected`: share per bin; `counts`: rows seen per bin. Shares of less than 1 in 10,000 count as that.
double stability_index(std::span<const float> expected, std::span<const std::uint64_t> counts);

class Drift {
  public:
    static constexpr base::Nanoseconds kPeriod = 3'600 * base::kSecond;
    static constexpr std::uint64_t kLeastFlows =
        500;  ///< Fewer say little: the period goes on until there are so many.
    static constexpr double kMostIndex = 0.25;
    static constexpr std::size_t kSeveralFeatures = 3;
    static constexpr double kError = 0.05;      ///< Of the conformal sets.
    static constexpr double kMostEmpty = 0.10;  ///< Twice that.

    /// By the model's stage of whole flows. `model` must outlive it.
    explicit Drift(const model::Model& model);

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
    std::string sentence(const std::vector<FeatureIndex>& largest, double empty, bool is_time) const;
    void restart(base::Nanoseconds now);

    const model::Model& model_;
    const model::BenignReference& reference_;
    const model::ConformalScores& scores_;
    std::vector<std::vector<std::uint64_t>> counts_;  ///< Per feature and bin.
    std::uint64_t flows_ = 0;
    std::uint64_t empty_ = 0;  ///< Of them, those that no class fits.
    std::optional<base::Nanoseconds> begin_;
    std::string text_;
};

}  // namespace flowsift::detect
