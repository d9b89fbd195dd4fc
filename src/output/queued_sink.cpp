#include "output/queued_sink.h"

#include <utility>

#include "base/blocked_signals.h"
#include "output/eve_text.h"

namespace flowsift::output {
namespace {

constexpr std::chrono::milliseconds kPause{50};  // A lost wake-up costs no more than this.
constexpr std::size_t kMostAtOnce = 256;
constexpr std::chrono::milliseconds kFlushInterval{200};  // Where the queue never runs empty.

}  // namespace

QueuedSink::QueuedSink(std::unique_ptr<Sink> sink, Options options)
    : sink_(std::move(sink)),
      options_(std::move(options)),
      flow_use_(sink_->flow_use()),
      kept_for_alerts_(options_.slots / 4),
      ring_(options_.slots) {
    const base::BlockedSignals blocked;
    thread_ = std::thread([this] { work(); });
}

QueuedSink::~QueuedSink() {
    stop();
}

template <class Fill>
void QueuedSink::give(std::size_t reserved, Fill fill) {
    SinkEvent* slot = options_.waits_when_full ? &ring_.claim_waiting(reserved) : ring_.claim(reserved);
    if (!slot) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    fill(*slot);
    ring_.publish();
}

template <class Fill>
void QueuedSink::give_flow(const features::FlowRow& row, Fill fill) {
    if (flow_use_ == FlowUse::kNone) return;
    features::FlowRow wanted = row;
    if (flow_use_ == FlowUse::kIdentity) wanted.values = {};
    give(kept_for_alerts_, [&](SinkEvent& event) { fill(event, wanted); });
}

void QueuedSink::on_flow(const features::FlowRow& row, const detect::Verdict* verdict) {
    give_flow(row, [&](SinkEvent& event, const features::FlowRow& wanted) { event.set_flow(wanted, verdict); });
}

void QueuedSink::on_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) {
    give_flow(row, [&](SinkEvent& event, const features::FlowRow& wanted) { event.set_live_flow(wanted, verdict); });
}

void QueuedSink::on_alert(const detect::Alert& alert) {
    give(0, [&](SinkEvent& event) { event.set_alert(alert); });
}

void QueuedSink::on_episode(const detect::Episode& episode) {
    if (options_.only_alerts && !says_more(episode)) return;
    give(0, [&](SinkEvent& event) { event.set_episode(episode); });
}

void QueuedSink::on_notice(const detect::Notice& notice) {
    if (options_.only_alerts) return;
    give(0, [&](SinkEvent& event) { event.set_notice(notice); });
}

void QueuedSink::on_statistics(const RunStatistics& statistics) {
    if (options_.only_alerts) return;
    give(0, [&](SinkEvent& event) { event.set_statistics(statistics); });
}

void QueuedSink::work() {
    auto flushed = std::chrono::steady_clock::now();
    while (!ring_.is_finished()) {
        const std::span<SinkEvent> events = ring_.take(kPause, kMostAtOnce);
        if (wants_reopen_.exchange(false)) sink_->reopen();
        for (const SinkEvent& event : events) {
            if (event.kind() == SinkEvent::Kind::kAlert) pass_gate(event.alert_number());
            event.tell(*sink_);
        }
        taken_.fetch_add(events.size(), std::memory_order_relaxed);
        if (!events.empty()) ring_.release(events.size());
        const auto now = std::chrono::steady_clock::now();
        if (events.size() == kMostAtOnce && now - flushed < kFlushInterval) continue;
        sink_->flush();
        flushed = now;
    }
    outcome_ = sink_->finish();
}

void QueuedSink::pass_gate(std::uint64_t alert) {
    if (!options_.gate || options_.gate->has_passed(alert)) return;
    sink_->flush();  // What has passed must not wait for what has not.
    options_.gate->wait_for(alert);
}

void QueuedSink::hurry() {
    ring_.close();
    sink_->hurry();
}

void QueuedSink::stop() {
    if (!thread_.joinable()) return;
    hurry();
    thread_.join();
}

base::Result<void> QueuedSink::finish() {
    stop();
    return outcome_;
}

SinkCounters QueuedSink::counters() const {
    const std::uint64_t lost = sink_->lost(), refused = sink_->refused(), taken = taken_.load();
    return {.name = options_.name,
            .written = taken > lost + refused ? taken - lost - refused : 0,
            .dropped = dropped_.load(std::memory_order_relaxed),
            .lost = lost,
            .refused = refused,
            .waiting = ring_.size(),
            .room = ring_.capacity()};
}

}  // namespace flowsift::output
