#include "app/sinks.h"

namespace flowsift::app {

base::Result<void> Sinks::add(std::string_view kind, const output::SinkContext& context) {
    auto sink = output::make_sink(kind, context);
    if (!sink) return sink.error();
    sinks_.push_back(std::move(*sink));
    return {};
}

void Sinks::on_live_verdict(const features::FlowRow& row, const detect::Verdict& verdict) {
    for (const auto& sink : sinks_) sink->on_live_flow(row, verdict);
}

void Sinks::on_verdict(const features::FlowRow& row, const detect::Verdict& verdict) {
    for (const auto& sink : sinks_) sink->on_flow(row, &verdict);
}

void Sinks::on_alert(const detect::Alert& alert) {
    for (const auto& sink : sinks_) sink->on_alert(alert);
}

void Sinks::on_episode(const detect::Episode& episode) {
    for (const auto& sink : sinks_) sink->on_episode(episode);
}

void Sinks::on_notice(const detect::Notice& notice) {
    for (const auto& sink : sinks_) sink->on_notice(notice);
}

void Sinks::on_statistics(const output::RunStatistics& statistics) {
    for (const auto& sink : sinks_) sink->on_statistics(statistics);
}

void Sinks::flush() {
    for (const auto& sink : sinks_) sink->flush();
}

base::Result<void> Sinks::finish() {
    base::Result<void> first;
    for (const auto& sink : sinks_) {
        const base::Result<void> finished = sink->finish();
        if (first.ok() && !finished.ok()) first = finished;
    }
    return first;
}

}  // namespace flowsift::app
