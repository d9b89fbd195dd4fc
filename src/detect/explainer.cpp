#include "detect/explainer.h"

#include <algorithm>

namespace flowsift::detect {

Explainer::Explainer(const model::Model& model) : model_(model), contributions_(model.schema.size()) {
    stages_.reserve(model.stages.size());
    for (const model::Stage& stage : model.stages) {
        auto shap = model::TreeShap::of(stage.forest);
        std::optional<StageShap>& made = stages_.emplace_back();
        if (!shap) continue;
        model::TreeShap::Scratch scratch(*shap);
        made = StageShap{std::move(*shap), std::move(scratch)};
    }
}

std::span<const Reason> Explainer::explain(const model::Stage& stage, std::span<const float> row,
                                           std::size_t class_index) {
    auto& of_stage = stages_[static_cast<std::size_t>(&stage - model_.stages.data())];
    if (!of_stage) return {};
    of_stage->shap.explain(row, class_index, contributions_, of_stage->scratch);
    for (float& contribution : contributions_) contribution = std::max(contribution, 0.0F);
    std::array<model::Contribution, kMostReasons> largest{};
    const std::size_t count = model::largest_contributions(contributions_, largest);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint16_t feature = largest[i].feature;
        Reason& reason = reasons_[i];
        reason = {.feature = feature,
                  .name = model_.schema.feature(feature).name,
                  .value = row[feature],
                  .contribution = largest[i].value};
        if (stage.reference.empty()) continue;
        const model::FeatureReference& benign = stage.reference[feature];
        reason.has_range = true;
        reason.benign_low = benign.low;
        reason.benign_high = benign.high;
    }
    return std::span(reasons_).first(count);
}

}  // namespace flowsift::detect
