// TerminalSink: alerts as aligned lines of at most 100 columns for people, urgent ones marked by colour, shape and
// word.
//
// A burst does not drown its reader: see burst_limiter.h (EVE keeps every alert). Text from outside cannot steer the
// terminal. Called by one thread.
#pragma once

#include <memory>
#include <string>
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
    void on_statistics(const RunStatistics& statistics) override;
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
};

/// One alert as a line, with the name of whom the flow was for; as more lines where these are too long for one.
std::string render_alert(const detect::Alert& alert, const base::Style& style);

}  // namespace flowsift::output
