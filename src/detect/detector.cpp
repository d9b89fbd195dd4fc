#include "detect/detector.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <iterator>
#include <utility>

namespace flowsift::detect {

namespace {

constexpr std::size_t kMostAlarmed = 1U << 20;  // 64 MB or so; a flow beyond them may be told twice.

/// Of a flow of one run: ends, VLAN, tunnel and first packet.
std::uint64_t fingerprint(const base::HashKey& key, const features::FlowIdentity& flow) {
    using Halves = std::array<std::uint64_t, 2>;
    const auto source = std::bit_cast<Halves>(flow.source);
    const auto destination = std::bit_cast<Halves>(flow.destination);
    const std::uint64_t ends = std::uint64_t{flow.source_port} << 32 | std::uint64_t{flow.destination_port} << 16 |
                               std::uint64_t{flow.protocol};
    const std::uint64_t around = std::uint64_t{flow.vlan} << 32 | flow.tunnel_id;
    return base::siphash13(key, std::array{source[0], source[1], destination[0], destination[1], ends, around,
                                           static_cast<std::uint64_t>(flow.first)});
}

}  // namespace

Detector::Detector(const model::Model& model, const features::Schema& row_schema, Policy policy, std::string capture,
                   VerdictListener& listener)
    : model_(model),
      judge_(model),
      policy_(std::move(policy)),
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

Verdict Detector::judge_row(std::uint64_t depth, const features::FlowRow& row) {
    // The same rounding to float32 as in dataset::Table: a row is judged here exactly as it was learnt from.
    for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = static_cast<float>(row.values[columns_[i]]);
    return judge_.judge(depth, row_, probabilities_);
}

void Detector::on_checkpoint(const features::FlowRow& row) {
    const std::uint64_t packets = row.identity.forward_packets + row.identity.backward_packets;
    if (!judge_.has_stage(packets)) return;
    const Verdict verdict = judge_row(packets, row);
    ++counters_.live_verdicts;
    listener_.on_live_verdict(row, verdict);
    if (!is_alarming(row, verdict)) return;
    const std::uint64_t flow = fingerprint(alarmed_key_, row.identity);
    const auto alarmed = alarmed_.find(flow);
    if (alarmed != alarmed_.end() && alarmed->second == verdict.class_index) return;
    if (alarmed != alarmed_.end() || alarmed_.size() < kMostAlarmed) alarmed_[flow] = verdict.class_index;
    alert(row, verdict);
}

void Detector::on_flow_ended(const features::FlowRow& row) {
    const Verdict verdict = judge_row(0, row);
    ++counters_.verdicts;
    ++counters_.flows_by_class[verdict.class_index];
    listener_.on_verdict(row, verdict);
    const bool is_told = was_told(row, verdict);
    if (is_alarming(row, verdict) && !is_told) alert(row, verdict);
}

/// Forgets the flow, for it has ended.
bool Detector::was_told(const features::FlowRow& row, const Verdict& verdict) {
    if (alarmed_.empty()) return false;
    const auto alarmed = alarmed_.find(fingerprint(alarmed_key_, row.identity));
    if (alarmed == alarmed_.end()) return false;
    const bool is_same = alarmed->second == verdict.class_index;
    alarmed_.erase(alarmed);
    return is_same;
}

bool Detector::is_alarming(const features::FlowRow& row, const Verdict& verdict) const {
    if (verdict.class_index == benign_class_) return false;
    const ClassPolicy& policy = policy_.classes[verdict.class_index];
    return !policy.is_muted && verdict.probability >= policy.threshold &&
           !policy_.allows(row.identity, verdict.class_index);
}

void Detector::alert(const features::FlowRow& row, const Verdict& verdict) {
    const ClassInfo& info = classes_[verdict.class_index];
    ++counters_.alerts_by_class[verdict.class_index];
    listener_.on_alert({.number = ++counters_.alerts,
                        .flow = row.identity,
                        .verdict = verdict,
                        .label = model_.classes[verdict.class_index],
                        .severity = policy_.classes[verdict.class_index].severity,
                        .technique = policy_.classes[verdict.class_index].technique,
                        .category = info.category,
                        .signature_id = info.signature_id,
                        .model_hash = model_.hash,
                        .capture = capture_,
                        .attributes = row.attributes});
}

}  // namespace flowsift::detect
