#include "detect/detector.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace flowsift::detect {

Detector::Detector(const model::Model& model, const Policy& policy, std::string capture, VerdictListener& listener)
    : model_(model),
      policy_(policy),
      capture_(std::move(capture)),
      listener_(listener),
      benign_class_(model.benign_class()),
      row_(model.schema.size()),
      probabilities_(model.classes.size()) {
    for (const std::string& label : model.classes) classes_.push_back(class_info(label));
    counters_.flows_by_class.resize(model.classes.size());
    counters_.alerts_by_class.resize(model.classes.size());
}

void Detector::on_flow_ended(const features::FlowRow& row) {
    assert(row.values.size() == row_.size());
    // The same rounding to float32 as in dataset::Table: a row is judged here exactly as it was learnt from.
    std::transform(row.values.begin(), row.values.end(), row_.begin(),
                   [](double value) { return static_cast<float>(value); });
    model_.forest.predict(row_, probabilities_);
    const auto most_probable = std::max_element(probabilities_.begin(), probabilities_.end());
    const auto index = static_cast<std::uint16_t>(std::distance(probabilities_.begin(), most_probable));
    const Verdict verdict{index, *most_probable, probabilities_};
    ++counters_.verdicts;
    ++counters_.flows_by_class[index];
    listener_.on_verdict(row, verdict);
    if (is_alarming(verdict)) alert(row.identity, verdict);
}

bool Detector::is_alarming(const Verdict& verdict) const {
    // Compared as float, because 0.7f is less than 0.7 and seven of ten trees must pass a threshold of 0.7.
    return verdict.class_index != benign_class_ && verdict.probability >= static_cast<float>(policy_.alert_probability);
}

void Detector::alert(const flow::FlowIdentity& identity, const Verdict& verdict) {
    const ClassInfo& info = classes_[verdict.class_index];
    ++counters_.alerts_by_class[verdict.class_index];
    listener_.on_alert({.number = ++counters_.alerts,
                        .flow = identity,
                        .verdict = verdict,
                        .label = model_.classes[verdict.class_index],
                        .severity = info.severity,
                        .category = info.category,
                        .signature_id = info.signature_id,
                        .model_hash = model_.hash,
                        .capture = capture_});
}

}  // namespace flowsift::detect
