#include "app/sinks.h"

#include <utility>

#include "app/store_sink.h"

namespace flowsift::app {
namespace {

constexpr std::size_t kStoreSlots =
    16'384;  // 10 MB, twice that with feature values: what comes while a transaction is being written.

}  // namespace

base::Result<void> Sinks::add(std::string_view kind, const output::SinkContext& context) {
    const auto found = output::find_sink_kind(kind);
    if (!found) return found.error();
    auto sink = (*found)->make(context);
    if (!sink) return sink.error();
    const bool is_remote = (*found)->is_remote;
    enqueue(std::move(*sink),
            {.name = std::string(kind), .waits_when_full = !context.is_live && !is_remote, .only_alerts = is_remote});
    return {};
}

void Sinks::add_store(std::unique_ptr<store::Writer> writer, bool keeps_values, bool waits_when_full) {
    auto gate = std::make_unique<output::AlertGate>();
    enqueue(std::make_unique<StoreSink>(std::move(writer), keeps_values, *gate),
            {.name = "store", .waits_when_full = waits_when_full, .slots = kStoreSlots});
    gate_ = std::move(gate);
}

void Sinks::add(std::string name, std::unique_ptr<output::Sink> sink, bool waits_when_full) {
    enqueue(std::move(sink), {.name = std::move(name), .waits_when_full = waits_when_full});
}

void Sinks::enqueue(std::unique_ptr<output::Sink> sink, output::QueuedSink::Options options) {
    options.gate = gate_.get();
    sinks_.push_back(std::make_unique<output::QueuedSink>(std::move(sink), std::move(options)));
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

void Sinks::reopen() {
    for (const auto& sink : sinks_) sink->reopen();
}

std::vector<output::SinkCounters> Sinks::counters() const {
    std::vector<output::SinkCounters> counters;
    counters.reserve(sinks_.size());
    for (const auto& sink : sinks_) counters.push_back(sink->counters());
    return counters;
}

base::Result<void> Sinks::finish() {
    base::Result<void> first;
    for (const auto& sink : sinks_) sink->hurry();  // Side by side, so that the slowest is all that is waited for.
    for (const auto& sink : sinks_) {
        const base::Result<void> finished = sink->finish();
        if (first.ok() && !finished.ok()) first = finished;
    }
    return first;
}

}  // namespace flowsift::app
