#include "serve/live_sink.h"

#include <utility>

#include "serve/event_hub.h"
#include "serve/json_time.h"
#include "serve/live_board.h"

namespace flowsift::serve {

LiveSink::LiveSink(LiveBoard& board, EventHub& events, std::vector<std::string> classes)
    : board_(board), events_(events), classes_(std::move(classes)) {}

void LiveSink::on_flow(const features::FlowRow& row, const detect::Verdict* verdict) {
    if (verdict) board_.count_flow(verdict->class_index);
    keep(row, verdict, true);
}

void LiveSink::on_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) {
    keep(row, &verdict, false);
}

void LiveSink::keep(const features::FlowRow& row, const detect::Verdict* verdict, bool has_ended) {
    Latest latest{.flow = {.flow = row.identity}, .has_ended = has_ended};
    store::StoredFlow& flow = latest.flow;
    if (row.attributes) {
        flow.application = row.attributes->application;
        flow.name = std::string(row.attributes->name.view());
    }
    if (verdict) {
        flow.label = classes_[verdict->class_index];
        flow.probability = verdict->probability;
        flow.is_novel = verdict->is_novel;
        flow.alert = verdict->alert;
    }
    if (latest_.size() == kFlowsAtOnce) latest_.pop_front();
    latest_.push_back(std::move(latest));
    if (std::chrono::steady_clock::now() - told_ >= kFlowsEvery) tell_flows();
}

void LiveSink::tell_flows() {
    const auto now = std::chrono::steady_clock::now();
    if (latest_.empty() || now - told_ < kFlowsEvery) return;
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().key("flows").begin_array();
    for (auto row = latest_.rbegin(); row != latest_.rend(); ++row) write_flow(json, row->flow, row->has_ended);
    json.end_array().end_object();
    events_.publish("flows", text, Lasting::kPassing);
    latest_.clear();
    told_ = now;
}

void LiveSink::on_alert(const detect::Alert& alert) {
    board_.count_alert(alert.severity);
    store::StoredAlert told{.number = alert.number,
                            .time = alert.flow.last,
                            .flow = alert.flow,
                            .severity = alert.severity,
                            .label = std::string(alert.label),
                            .technique = std::string(alert.technique),
                            .model_hash = std::string(alert.model_hash),
                            .capture = std::string(alert.capture),
                            .probability = alert.is_unknown ? 0 : alert.verdict.probability,
                            .flows = 1,
                            .packets = alert.flow.forward_packets + alert.flow.backward_packets,
                            .bytes = alert.flow.forward_wire_bytes + alert.flow.backward_wire_bytes,
                            .sources = 1,
                            .targets = 1,
                            .is_open = true};
    if (alert.attributes) {
        told.application = alert.attributes->application;
        told.name = std::string(alert.attributes->name.view());
    }
    tell_alert("alert", told);
    if (alerts_.size() == kMostAlerts) alerts_.erase(alerts_.begin());
    alerts_.insert_or_assign(alert.number, std::move(told));
}

void LiveSink::on_episode(const detect::Episode& episode) {
    const auto known = alerts_.find(episode.number);
    store::StoredAlert told = known == alerts_.end() ? store::StoredAlert{.time = episode.first_seen} : known->second;
    told.number = episode.number;
    told.flow = episode.flow;
    told.flow.first = episode.first_seen;
    told.flow.last = episode.last_seen;
    told.severity = episode.severity;
    told.label = std::string(episode.label);
    told.technique = std::string(episode.technique);
    told.probability = episode.probability;
    told.flows = episode.flows;
    told.packets = episode.packets;
    told.bytes = episode.bytes;
    told.sources = episode.sources;
    told.targets = episode.targets;
    told.is_open = episode.is_open;
    tell_alert("episode", told);
    if (!episode.is_open && known != alerts_.end()) alerts_.erase(known);
}

void LiveSink::tell_alert(std::string_view event, const store::StoredAlert& alert) {
    std::string text;
    base::JsonWriter json(text);
    write_alert(json, alert);
    events_.publish(event, text, Lasting::kKept);
}

void LiveSink::on_notice(const detect::Notice& notice) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().member("time", rfc3339(notice.time)).member("subject", notice.subject);
    json.member("text", notice.text).member("is_warning", notice.is_warning).end_object();
    events_.publish("notice", text, Lasting::kKept);
}

base::Result<void> LiveSink::finish() {
    told_ = {};
    tell_flows();
    return {};
}

}  // namespace flowsift::serve
