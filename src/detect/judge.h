// Judge: what a model says of a row: class, calibrated probability, novelty. The one way from a row to a verdict.
//
// Owned by one thread; the model must outlive it. Allocates nothing per row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "detect/alert.h"
#include "model/engine.h"
#include "model/model.h"

namespace flowsift::detect {

class Judge {
  public:
    /// Packs every forest of the model for its engine.
    explicit Judge(const model::Model& model);

    /// The most probable class of a row, by the stage for rows of this depth (packets of a flow that goes on; 0: a
    /// whole flow). `row`: float32 values in the model's schema order, rounded as in dataset::Table; `probabilities`:
    /// room for one per class, viewed by the verdict. Precondition: has_stage(depth).
    Verdict judge(std::uint64_t depth, std::span<const float> row, std::span<float> probabilities);

    bool has_stage(std::uint64_t depth) const { return model_.stage_of(depth) != nullptr; }

  private:
    struct StageEngine {
        model::Engine engine;
        model::Engine::Scratch scratch;
    };

    const model::Model& model_;
    std::vector<StageEngine> engines_;  ///< One per stage.
};

}  // namespace flowsift::detect
