// TerminalSink: alerts as aligned lines of at most 100 columns for people, urgent ones marked by colour, shape and
// word; a line more for each tenfold of an episode's flows, and for its end.
//
// A burst does not drown its reader: see burst_limiter.h (EVE keeps every alert). Text from outside cannot steer the
// terminal. Called by one thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/terminal.h"
#include "output/burst_limiter.h"
#include "output/output_file.h"
#include "output/sink.h"

namespace flowsift::output {

class TerminalSink final : public Sink {
  public:
    /// `path`: "-" is standard output.
    static base::Result<std::unique_ptr<TerminalSink>> open(const std::string& path);

    TerminalSink(OutputFile file, const base::Style& style);

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void on_alert(const detect::Alert& alert) override;
    void on_episode(const detect::Episode& episode) override;
    void on_notice(const detect::Notice& notice) override;
    void on_statistics(const RunStatistics& statistics) override;
    FlowUse flow_use() const override { return FlowUse::kIdentity; }  // Only for the time.
    void flush() override { file_.flush(); }
    base::Result<void> finish() override;

  private:
    void advance(base::Nanoseconds now);
    void write_sums(const std::vector<BurstLimiter::Sum>& sums);
    void write_heading(const std::string& date);

    OutputFile file_;
    base::Style style_;
    BurstLimiter limiter_;
    std::string date_;  ///< Under the latest heading.
    /// Of the episodes that go on and whose alert was shown: how many flows the latest line told. No more than the
    /// detector keeps open.
    std::unordered_map<std::uint64_t, std::uint64_t> shown_flows_;
};

/// One alert as a line, with the name of whom the flow was for; as more lines where these are too long for one.
std::string render_alert(const detect::Alert& alert, const base::Style& style);

/// The line below it: its number and the strongest reasons; where the capture has lost packets, one more.
std::string render_alert_details(const detect::Alert& alert, const base::Style& style);

/// One line: how large the episode is by now, or was.
std::string render_episode(const detect::Episode& episode, const base::Style& style);

}  // namespace flowsift::output
