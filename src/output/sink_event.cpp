#include "output/sink_event.h"

namespace flowsift::output {

void SinkEvent::set_flow(const features::FlowRow& row, const detect::Verdict* verdict) {
    kind_ = Kind::kFlow;
    set_row(row);
    set_verdict(verdict);
}

void SinkEvent::set_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) {
    kind_ = Kind::kLiveFlow;
    set_row(row);
    set_verdict(&verdict);
}

void SinkEvent::set_alert(const detect::Alert& alert) {
    kind_ = Kind::kAlert;
    identity_ = alert.flow;
    set_attributes(alert.attributes);
    set_verdict(&alert.verdict);
    alert_number_ = alert.number;
    severity_ = alert.severity;
    signature_id_ = alert.signature_id;
    label_ = alert.label;
    is_unknown_ = alert.is_unknown;
    technique_ = alert.technique;
    category_ = alert.category;
    model_hash_ = alert.model_hash;
    capture_ = alert.capture;
    reasons_.assign(alert.reasons.begin(), alert.reasons.end());
    loss_ = alert.loss;
    values_.assign(alert.values.begin(), alert.values.end());
    depth_ = alert.depth;
}

void SinkEvent::set_episode(const detect::Episode& episode) {
    kind_ = Kind::kEpisode;
    alert_number_ = episode.number;
    episode_ = episode;
    label_ = episode.label;
    technique_ = episode.technique;
}

void SinkEvent::set_notice(const detect::Notice& notice) {
    kind_ = Kind::kNotice;
    notice_ = notice;
    subject_ = notice.subject;
    text_ = notice.text;
}

void SinkEvent::set_statistics(const RunStatistics& statistics) {
    kind_ = Kind::kStatistics;
    statistics_ = statistics;
}

void SinkEvent::set_row(const features::FlowRow& row) {
    identity_ = row.identity;
    values_.assign(row.values.begin(), row.values.end());
    set_attributes(row.attributes);
    checkpoint_ = row.checkpoint;
}

void SinkEvent::set_verdict(const detect::Verdict* verdict) {
    has_verdict_ = verdict != nullptr;
    if (!verdict) return;
    verdict_ = *verdict;
    probabilities_.assign(verdict->probabilities.begin(), verdict->probabilities.end());
}

void SinkEvent::set_attributes(const features::FlowAttributes* attributes) {
    attributes_.reset();
    if (attributes) attributes_ = *attributes;
}

features::FlowRow SinkEvent::row() const {
    return {.identity = identity_, .values = values_, .attributes = attributes(), .checkpoint = checkpoint_};
}

detect::Verdict SinkEvent::verdict() const {
    detect::Verdict verdict = verdict_;
    verdict.probabilities = probabilities_;
    return verdict;
}

detect::Alert SinkEvent::alert() const {
    return {.number = alert_number_,
            .flow = identity_,
            .verdict = verdict(),
            .label = label_,
            .is_unknown = is_unknown_,
            .severity = severity_,
            .technique = technique_,
            .category = category_,
            .signature_id = signature_id_,
            .model_hash = model_hash_,
            .capture = capture_,
            .attributes = attributes(),
            .reasons = reasons_,
            .loss = loss_,
            .values = values_,
            .depth = depth_};
}

detect::Episode SinkEvent::episode() const {
    detect::Episode episode = episode_;
    episode.label = label_;
    episode.technique = technique_;
    return episode;
}

void SinkEvent::tell(Sink& sink) const {
    switch (kind_) {
        case Kind::kFlow: {
            const detect::Verdict told = verdict();
            sink.on_flow(row(), has_verdict_ ? &told : nullptr);
            break;
        }
        case Kind::kLiveFlow:
            sink.on_live_flow(row(), verdict());
            break;
        case Kind::kAlert:
            sink.on_alert(alert());
            break;
        case Kind::kEpisode:
            sink.on_episode(episode());
            break;
        case Kind::kNotice: {
            detect::Notice notice = notice_;
            notice.subject = subject_;
            notice.text = text_;
            sink.on_notice(notice);
            break;
        }
        case Kind::kStatistics:
            sink.on_statistics(statistics_);
            break;
    }
}

}  // namespace flowsift::output
