// ProgressBar: a base::Progress that a person sees: one line on standard error, redrawn at most ten times a second, and
// only where that is a terminal and the work has already taken a second. Elsewhere it is silent, unless it was asked to
// report in lines (report_progress()), and always passes on the wish to stop.
//
// Owned by the command that starts the work; progress() may be called from any thread while the bar lives.
#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "base/progress.h"
#include "base/terminal.h"

namespace flowsift::base {

class ProgressBar {
  public:
    using Clock = std::chrono::steady_clock;

    struct Options {
        std::string label;                                ///< What is being done: "reading train.pcap".
        std::string unit;                                 ///< Of what advance() counts: "bytes", "trees", "rows".
        Clock::duration delay = std::chrono::seconds(1);  ///< Work that is over sooner shows no bar.
        int descriptor = STDERR_FILENO;
    };

    /// Work stops (advance() returns false) once `stop` is true; it must outlive the bar.
    ProgressBar(Options options, const std::atomic<bool>& stop);

    /// Removes the bar from the terminal.
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// Valid as long as the bar.
    Progress progress();

  private:
    void tell(Clock::time_point now, std::uint64_t done, std::uint64_t total);

    Options options_;
    const std::atomic<bool>& stop_;
    bool is_shown_on_terminal_;
    int reports_to_;
    Style style_;
    Clock::time_point start_;
    std::atomic<Clock::rep> next_draw_;  ///< Ticks since start_; read without the lock so that advance() is cheap.
    std::mutex drawing_;
    bool is_drawn_ = false;
};

/// A line of a report: kReportMark, then a JSON object of label, done and total (0: unknown).
inline constexpr char kReportMark = '\x1e';

/// From now on every bar reports in such lines to `descriptor`, four times a second and at once where it is new. For a
/// process that works for another one; before its second thread.
void report_progress(int descriptor);

/// One bar of at most `width` columns: label, bar and percentage where the total is known, amount, rate, time to go.
std::string render_progress(const ProgressBar::Options& options, const Style& style, std::size_t width,
                            std::uint64_t done, std::uint64_t total, double elapsed_seconds);

}  // namespace flowsift::base
