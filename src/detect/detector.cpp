#include "detect/detector.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace flowsift::detect {

Detector::Detector(const model::Model& model, const features::Schema& row_schema, Policy policy, Options options,
                   VerdictListener& listener)
    : model_(&model),
      judge_(model),
      policy_(std::move(policy)),
      options_(std::move(options)),
      listener_(listener),
      benign_class_(model.benign_class()),
      row_(model.schema.size()),
      probabilities_(model.classes.size()),
      book_(policy_.quiet_time, *this, options_.limits),
      budget_(policy_.alerts_per_hour),
      explainer_(model),
      drift_(std::in_place, model, policy_.drift_period) {
    for (const features::FeatureId wanted : model.schema.features) {
        const auto place = std::find(row_schema.features.begin(), row_schema.features.end(), wanted);
        assert(place != row_schema.features.end());
        columns_.push_back(static_cast<std::size_t>(std::distance(row_schema.features.begin(), place)));
    }
    for (const std::string& label : model.classes) classes_.push_back(class_info(label));
    classes_.push_back(class_info(kUnknownLabel));
    add_unknown_class();
    counters_.flows_by_class.resize(model.classes.size());
    counters_.alerts_by_class.resize(model.classes.size() + 1);
}

void Detector::add_unknown_class() {
    policy_.classes.push_back({policy_.unknown_severity, 0, {}, !policy_.alerts_on_unknown});
}

void Detector::replace(const model::Model& model, Policy policy) {
    assert(model.schema.features == model_->schema.features && model.classes == model_->classes);
    model_ = &model;
    judge_.emplace(model);
    explainer_.emplace(model);
    drift_.emplace(model, policy.drift_period);
    set_policy(std::move(policy));
}

void Detector::set_policy(Policy policy) {
    if (policy.alerts_per_hour != policy_.alerts_per_hour) budget_ = AlertBudget(policy.alerts_per_hour);
    policy_ = std::move(policy);
    book_.set_quiet_time(policy_.quiet_time);
    add_unknown_class();
}

Verdict Detector::judge_row(std::uint64_t depth, const features::FlowRow& row) {
    // The same rounding to float32 as in dataset::Table: a row is judged here exactly as it was learnt from.
    for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = static_cast<float>(row.values[columns_[i]]);
    return judge_->judge(depth, row_, probabilities_);
}

void Detector::on_checkpoint(const features::FlowRow& row) {
    advance(row.identity.last);
    const std::uint64_t packets = row.identity.forward_packets + row.identity.backward_packets;
    if (!judge_->has_stage(packets)) return;
    Verdict verdict = judge_row(packets, row);
    ++counters_.live_verdicts;
    const auto alarming = alarming_class(row, verdict);
    const Joined joined = alarming ? join(row, verdict, *alarming, true) : Joined{};
    listener_.on_live_verdict(row, verdict);
    tell_joined(row, verdict, joined);
}

void Detector::on_flow_ended(const features::FlowRow& row) {
    advance(row.identity.last);
    Verdict verdict = judge_row(0, row);
    ++counters_.verdicts;
    ++counters_.flows_by_class[verdict.class_index];
    counters_.novel += verdict.is_novel ? 1 : 0;
    const auto alarming = alarming_class(row, verdict);
    const Joined joined = alarming ? join(row, verdict, *alarming, false) : Joined{};
    const std::uint64_t earlier = book_.forget(row.identity);
    if (!alarming) verdict.alert = earlier;
    listener_.on_verdict(row, verdict);
    tell_joined(row, verdict, joined);
    if (drift_->can_tell() && !is_attack(verdict)) drift_->add(row_, verdict);
}

void Detector::advance(base::Nanoseconds now) {
    book_.advance(now);
    if (const auto notice = budget_.advance(book_.now())) listener_.on_notice(*notice);
    if (!drift_->can_tell()) return;
    if (const auto notice = drift_->advance(book_.now())) listener_.on_notice(*notice);
}

void Detector::tell_capture(const CaptureLoss& loss) {
    packets_received_.store(loss.received, std::memory_order_relaxed);
    packets_dropped_.store(loss.dropped, std::memory_order_relaxed);
}

/// Whether its class would alarm, were it neither muted nor allowed. What is merely unknown is none.
bool Detector::is_attack(const Verdict& verdict) const {
    return verdict.class_index != benign_class_ &&
           verdict.probability >= policy_.classes[verdict.class_index].threshold;
}

/// The class for which the flow alarms; the number of classes: for being unlike all of them.
std::optional<std::uint16_t> Detector::alarming_class(const features::FlowRow& row, const Verdict& verdict) const {
    const auto alarms = [&](std::size_t class_index) {
        const ClassPolicy& policy = policy_.classes[class_index];
        return !policy.is_muted && verdict.probability >= policy.threshold &&
               !policy_.allows(row.identity, class_index);
    };
    if (verdict.class_index != benign_class_ && alarms(verdict.class_index)) return verdict.class_index;
    const std::size_t unknown = model_->classes.size();
    if (verdict.is_novel && alarms(unknown)) return static_cast<std::uint16_t>(unknown);
    return {};
}

std::string_view Detector::label_of(std::size_t class_index) const {
    return is_unknown(class_index) ? kUnknownLabel : std::string_view(model_->classes[class_index]);
}

/// Adds the flow to its episode, which gets its number where it is to be told now; the verdict says that number.
Detector::Joined Detector::join(const features::FlowRow& row, Verdict& verdict, std::uint16_t class_index,
                                bool is_live) {
    // How sure the model is of the nearest class says nothing of a flow that is like none.
    const float probability = is_unknown(class_index) ? 0 : verdict.probability;
    OpenEpisode& open = book_.add({row.identity, class_index, probability, is_live});
    const bool is_enough = !is_unknown(class_index) || open.episode.flows >= policy_.unknown_flows;
    const bool is_new = !open.is_told && is_enough && may_tell(open, probability);
    if (is_new) open.episode.number = options_.first_number + counters_.alerts++;
    verdict.alert = open.episode.number;
    return {&open, is_new, is_live};
}

void Detector::tell_joined(const features::FlowRow& row, const Verdict& verdict, const Joined& joined) {
    if (joined.is_new)
        open_alert(row, verdict, *joined.open, joined.is_live);
    else if (joined.open && joined.open->is_told)
        grow(*joined.open);
}

/// Whether the budget has room for it.
bool Detector::may_tell(OpenEpisode& open, float probability) {
    const ClassPolicy& policy = policy_.classes[open.episode.class_index];
    const auto wanted = budget_.threshold(policy.severity, policy.threshold, book_.now());
    if (wanted && probability >= *wanted) return true;
    if (open.is_held_back) return false;
    open.is_held_back = true;
    ++counters_.held_back;
    if (const auto notice = budget_.hold_back(policy.severity, book_.now())) listener_.on_notice(*notice);
    return false;
}

void Detector::open_alert(const features::FlowRow& row, const Verdict& verdict, OpenEpisode& open, bool is_live) {
    Episode& episode = open.episode;
    const ClassInfo& info = classes_[episode.class_index];
    const ClassPolicy& policy = policy_.classes[episode.class_index];
    ++counters_.alerts_by_class[episode.class_index];
    counters_.told_late += open.is_held_back ? 1 : 0;
    budget_.spend(book_.now());
    open.is_told = true;
    open.told_flows = episode.flows;
    open.told_at = book_.now();
    // What speaks for a class says nothing of why a flow is unlike all of them.
    const std::span<const Reason> reasons = is_unknown(episode.class_index)
                                                ? std::span<const Reason>()
                                                : explainer_->explain(*verdict.stage, row_, verdict.class_index);
    listener_.on_alert(
        {.number = episode.number,
         .flow = row.identity,
         .verdict = verdict,
         .label = label_of(episode.class_index),
         .is_unknown = is_unknown(episode.class_index),
         .severity = policy.severity,
         .technique = policy.technique,
         .category = info.category,
         .signature_id = info.signature_id,
         .model_hash = model_->hash,
         .capture = options_.capture,
         .attributes = row.attributes,
         .reasons = reasons,
         .loss = {packets_received_.load(std::memory_order_relaxed), packets_dropped_.load(std::memory_order_relaxed)},
         .values = row.values,
         .depth = is_live ? row.identity.forward_packets + row.identity.backward_packets : 0});
}

void Detector::grow(OpenEpisode& open) {
    const base::Nanoseconds now = book_.now();
    if (open.episode.flows >= 2 * open.told_flows && now - open.told_at >= base::kSecond) tell(open, now);
}

void Detector::tell(OpenEpisode& open, base::Nanoseconds now) {
    Episode& episode = open.episode;
    open.told_flows = episode.flows;
    open.told_at = now;
    const ClassPolicy& policy = policy_.classes[episode.class_index];
    episode.label = label_of(episode.class_index);
    episode.severity = policy.severity;
    episode.technique = policy.technique;
    listener_.on_episode(episode);
}

void Detector::on_ended(OpenEpisode& open, base::Nanoseconds now) {
    if (open.is_told) tell(open, now);
}

}  // namespace flowsift::detect
