// Sink: one way in which results leave: a CSV file, EVE JSON, the terminal. The table of sinks is in sink.cpp.
//
// Called by one thread. A sink buffers; a failed write is kept and told once by finish(), and never stops capture.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "detect/alert.h"
#include "features/schema.h"

namespace flowsift::output {

/// Totals of a run for EVE's stats event and the terminal.
struct RunStatistics {
    base::Nanoseconds time = 0;            ///< Capture clock.
    double uptime_seconds = 0;
    std::uint64_t packets_received = 0;
    std::uint64_t packets_dropped = 0;     ///< By kernel and interface.
    std::uint64_t packets_in_flows = 0;
    std::uint64_t packets_other = 0;       ///< Counted by name elsewhere: not IP, malformed, late.
    std::uint64_t wire_bytes = 0;
    std::uint64_t flows_started = 0;
    std::uint64_t flows_ended = 0;
    std::uint64_t flows_live = 0;
    std::uint64_t alerts = 0;
};

class Sink {
  public:
    virtual ~Sink() = default;
    virtual void on_flow(const features::FlowRow&, const detect::Verdict*) {}  ///< Verdict: nullptr without a model.
    virtual void on_alert(const detect::Alert&) {}
    virtual void on_statistics(const RunStatistics&) {}
    /// Everything so far reaches the disk or the reader.
    virtual void flush() {}
    /// Flushes and closes; the first failure of the sink's life.
    virtual base::Result<void> finish() = 0;
};

}  // namespace flowsift::output
