#include "serve/live_sink.h"

#include <utility>

#include "output/attribute_text.h"
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
    LiveFlow flow{.identity = row.identity, .has_ended = has_ended};
    if (row.attributes) {
        flow.application = to_string(row.attributes->application);
        flow.name = output::peer_name(*row.attributes);
    }
    if (verdict) {
        flow.label = classes_[verdict->class_index];
        flow.probability = verdict->probability;
        flow.is_novel = verdict->is_novel;
    }
    if (latest_.size() == kFlowsAtOnce) latest_.pop_front();
    latest_.push_back(std::move(flow));
    if (std::chrono::steady_clock::now() - told_ >= kFlowsEvery) tell_flows();
}

void LiveSink::tell_flows() {
    const auto now = std::chrono::steady_clock::now();
    if (latest_.empty() || now - told_ < kFlowsEvery) return;
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().key("flows").begin_array();
    for (auto flow = latest_.rbegin(); flow != latest_.rend(); ++flow) write_flow(json, *flow);
    json.end_array().end_object();
    events_.publish("flows", text, Lasting::kPassing);
    latest_.clear();
    told_ = now;
}

void LiveSink::on_alert(const detect::Alert& alert) {
    board_.count_alert(alert.severity);
    LiveAlert live{.episode = {.number = alert.number,
                               .severity = alert.severity,
                               .flow = alert.flow,
                               .first_seen = alert.flow.first,
                               .last_seen = alert.flow.last,
                               .flows = 1,
                               .packets = alert.flow.forward_packets + alert.flow.backward_packets,
                               .bytes = alert.flow.forward_wire_bytes + alert.flow.backward_wire_bytes,
                               .sources = 1,
                               .targets = 1,
                               .probability = alert.is_unknown ? 0 : alert.verdict.probability},
                   .time = alert.flow.last,
                   .label = std::string(alert.label),
                   .technique = std::string(alert.technique),
                   .name = alert.attributes ? output::peer_name(*alert.attributes) : std::string(),
                   .model_hash = std::string(alert.model_hash),
                   .capture = std::string(alert.capture)};
    tell_alert("alert", live);
    if (alerts_.size() == kMostAlerts) alerts_.erase(alerts_.begin());
    alerts_.insert_or_assign(alert.number, std::move(live));
}

void LiveSink::on_episode(const detect::Episode& episode) {
    const auto known = alerts_.find(episode.number);
    LiveAlert live = known == alerts_.end() ? LiveAlert{.time = episode.first_seen} : known->second;
    live.episode = episode;
    live.label = std::string(episode.label);
    live.technique = std::string(episode.technique);
    tell_alert("episode", live);
    if (!episode.is_open && known != alerts_.end()) alerts_.erase(known);
}

void LiveSink::tell_alert(std::string_view event, const LiveAlert& alert) {
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
