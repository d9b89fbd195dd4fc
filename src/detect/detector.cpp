#include "detect/detector.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace flowsift::detect {

Verdict judge(const model::Model& model, std::span<const float> row, std::span<float> probabilities) {
    model.end_stage().forest.predict(row, probabilities);
    const std::size_t index = model::most_probable(probabilities);
    return {static_cast<std::uint16_t>(index), probabilities[index], probabilities};
}

Detector::Detector(const model::Model& model, const features::Schema& row_schema, const Policy& policy,
                   std::string capture, VerdictListener& listener)
    : model_(model),
      policy_(policy),
      capture_(std::move(capture)),
      listener_(listener),
      benign_class_(model.benign_class()),
      row_(model.schema.size()),
      probabilities_(model.classes.size()) {
    for (const features::FeatureId wanted : model.schema.features) {
        const auto place = std::find(row_schema.features.begin(), row_schema.features.end(), wanted);
        assert(place != row_schema.features.end());
        columns_.push_back(static_cast<std::size_t>(std::distance(row_schema.features.begin(), place)));
    }
    for (const std::string& label : model.classes) classes_.push_back(class_info(label));
    counters_.flows_by_class.resize(model.classes.size());
    counters_.alerts_by_class.resize(model.classes.size());
}

void Detector::on_flow_ended(const features::FlowRow& row) {
    // The same rounding to float32 as in dataset::Table: a row is judged here exactly as it was learnt from.
    for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = static_cast<float>(row.values[columns_[i]]);
    const Verdict verdict = judge(model_, row_, probabilities_);
    ++counters_.verdicts;
    ++counters_.flows_by_class[verdict.class_index];
    listener_.on_verdict(row, verdict);
    if (is_alarming(verdict)) alert(row, verdict);
}

bool Detector::is_alarming(const Verdict& verdict) const {
    // Compared as float, because 0.7f is less than 0.7 and seven of ten trees must pass a threshold of 0.7.
    return verdict.class_index != benign_class_ && verdict.probability >= static_cast<float>(policy_.alert_probability);
}

void Detector::alert(const features::FlowRow& row, const Verdict& verdict) {
    const ClassInfo& info = classes_[verdict.class_index];
    ++counters_.alerts_by_class[verdict.class_index];
    listener_.on_alert({.number = ++counters_.alerts,
                        .flow = row.identity,
                        .verdict = verdict,
                        .label = model_.classes[verdict.class_index],
                        .severity = info.severity,
                        .category = info.category,
                        .signature_id = info.signature_id,
                        .model_hash = model_.hash,
                        .capture = capture_,
                        .attributes = row.attributes});
}

}  // namespace flowsift::detect
