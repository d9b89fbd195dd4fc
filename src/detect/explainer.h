// Explainer: the reasons of an alert: which features of the flow speak for its class, by how much, and what benign
// flows have in their place.
//
// Exact Shapley values of the stage that judged (model/tree_shap.h). Costs some hundred microseconds, so it is asked
// when an alert is told and not before. Owned by one detector; allocates nothing per row.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "detect/alert.h"
#include "model/model.h"
#include "model/tree_shap.h"

namespace flowsift::detect {

class Explainer {
  public:
    /// `model` must outlive the explainer.
    explicit Explainer(const model::Model& model);

    /// At most kMostReasons, the strongest first; only what speaks for the class. None where the file of the model
    /// does not tell how often its nodes were met (format 1). `row`: as the stage judged it. Valid until the next call.
    std::span<const Reason> explain(const model::Stage& stage, std::span<const float> row, std::size_t class_index);

  private:
    struct StageShap {
        model::TreeShap shap;
        model::TreeShap::Scratch scratch;
    };

    const model::Model& model_;
    std::vector<std::optional<StageShap>> stages_;  ///< As those of the model.
    std::vector<float> contributions_;
    std::array<Reason, kMostReasons> reasons_{};
};

}  // namespace flowsift::detect
