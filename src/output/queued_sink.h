// QueuedSink: a bounded queue and a thread before another sink, so that a slow disk, reader or network stops that sink
// alone and never capture.
//
// Full, it drops and counts; of a file that is replayed it waits instead, so that results are complete. A part of the
// queue is kept for alerts: flows are dropped first. Called by one thread; counters() by any.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "base/slot_ring.h"
#include "output/alert_gate.h"
#include "output/sink_event.h"

namespace flowsift::output {

class QueuedSink final : public Sink {
  public:
    struct Options {
        std::string name;                 ///< In counters.
        bool waits_when_full = false;     ///< Else drops.
        bool only_alerts = false;         ///< And what says more of their episodes.
        std::size_t slots = 4096;         ///< At least 4.
        const AlertGate* gate = nullptr;  ///< Alerts wait for it; must outlive the sink.
    };

    QueuedSink(std::unique_ptr<Sink> sink, Options options);
    ~QueuedSink() override;
    QueuedSink(const QueuedSink&) = delete;
    QueuedSink& operator=(const QueuedSink&) = delete;

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void on_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) override;
    void on_alert(const detect::Alert& alert) override;
    void on_episode(const detect::Episode& episode) override;
    void on_notice(const detect::Notice& notice) override;
    void on_statistics(const RunStatistics& statistics) override;
    /// Wakes the thread; it flushes by itself whenever the queue has run empty.
    void flush() override { ring_.wake(); }
    /// Before what comes next, on the sink's thread.
    void reopen() override { wants_reopen_ = true; }
    /// Nothing more will come: the thread sends what is queued, and the sink hurries.
    void hurry() override;
    /// Waits until all that is queued has gone out, or the sink has given up.
    base::Result<void> finish() override;

    SinkCounters counters() const;

  private:
    template <class Fill>
    void give_flow(const features::FlowRow& row, Fill fill);
    template <class Fill>
    void give(std::size_t reserved, Fill fill);
    void work();
    void pass_gate(std::uint64_t alert);
    void stop();

    std::unique_ptr<Sink> sink_;
    Options options_;
    FlowUse flow_use_;
    std::size_t kept_for_alerts_;
    base::SlotRing<SinkEvent> ring_;
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<bool> wants_reopen_{false};
    base::Result<void> outcome_;  ///< Of the sink; the thread's until it has been joined.
    std::thread thread_;
};

}  // namespace flowsift::output
