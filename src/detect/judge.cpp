#include "detect/judge.h"

namespace flowsift::detect {

Judge::Judge(const model::Model& model) : model_(model) {
    for (const model::Stage& stage : model.stages) {
        model::Engine engine = model::Engine::of(stage.forest);
        model::Engine::Scratch scratch(engine);
        engines_.push_back({std::move(engine), std::move(scratch)});
    }
}

Verdict Judge::judge(std::uint64_t depth, std::span<const float> row, std::span<float> probabilities) {
    const model::Stage& stage = *model_.stage_of(depth);
    StageEngine& of_stage = engines_[static_cast<std::size_t>(&stage - model_.stages.data())];
    std::uint32_t unseen = 0;
    of_stage.engine.predict(row, probabilities, of_stage.scratch, {&stage.pairs, {&unseen, 1}});
    const std::size_t index = model::most_probable(probabilities);
    return {static_cast<std::uint16_t>(index), stage.calibration.at(index, probabilities[index]), probabilities,
            unseen > stage.pairs.limit, &stage};
}

}  // namespace flowsift::detect
