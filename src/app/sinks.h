// Sinks: hands every verdict and alert to all outputs of a run, each behind a queue and a thread of its own. Owned and
// called by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detector.h"
#include "output/alert_gate.h"
#include "output/queued_sink.h"
#include "store/writer.h"

namespace flowsift::app {

class Sinks : public detect::VerdictListener {
  public:
    /// Error: what opening the output says.
    base::Result<void> add(std::string_view kind, const output::SinkContext& context);

    /// Puts the store before all others: their alerts wait until it has them on disk.
    void add_store(std::unique_ptr<store::Writer> writer, bool keeps_values, bool waits_when_full);

    /// Any other, made by the caller.
    void add(std::string name, std::unique_ptr<output::Sink> sink, bool waits_when_full);

    void on_live_verdict(const features::FlowRow& row, const detect::Verdict& verdict) override;
    void on_verdict(const features::FlowRow& row, const detect::Verdict& verdict) override;
    void on_alert(const detect::Alert& alert) override;
    void on_episode(const detect::Episode& episode) override;
    void on_notice(const detect::Notice& notice) override;
    void on_statistics(const output::RunStatistics& statistics);
    void flush();
    /// Files may have been moved away: all begin theirs anew.
    void reopen();
    std::vector<output::SinkCounters> counters() const;

    /// Closes all, in the order in which they were added; the first failure of any.
    base::Result<void> finish();

  private:
    void enqueue(std::unique_ptr<output::Sink> sink, output::QueuedSink::Options options);

    std::unique_ptr<output::AlertGate> gate_;  ///< Before the sinks, which refer to it; nullptr: no store.
    std::vector<std::unique_ptr<output::QueuedSink>> sinks_;
};

}  // namespace flowsift::app
