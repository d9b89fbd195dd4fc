// Sink: one way in which results leave: a CSV file, EVE JSON, the terminal. The one table of sinks is in sink.cpp.
//
// Called by one thread. A sink buffers; a failed write is kept and told once by finish(), and never stops capture.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "detect/episode.h"
#include "features/schema.h"

namespace flowsift::output {

/// Totals of a run for EVE's stats event and the terminal.
struct RunStatistics {
    base::Nanoseconds time = 0;  ///< Capture clock.
    double uptime_seconds = 0;
    std::uint64_t packets_offered = 0;  ///< By the kernel, where it counts them: received + dropped. 0: unknown.
    std::uint64_t packets_received = 0;
    std::uint64_t packets_dropped = 0;  ///< By kernel and interface.
    std::uint64_t packets_in_flows = 0;
    std::uint64_t packets_other = 0;  ///< Counted by name elsewhere: not IP, malformed, late.
    std::uint64_t wire_bytes = 0;
    std::uint64_t flows_started = 0;
    std::uint64_t flows_ended = 0;
    std::uint64_t flows_live = 0;
    std::uint64_t alerts = 0;            ///< Episodes that were told …
    std::uint64_t alerts_held_back = 0;  ///< … and that had to wait for the budget.
};

class Sink {
  public:
    virtual ~Sink() = default;
    virtual void on_flow(const features::FlowRow&, const detect::Verdict*) {}  ///< Verdict: nullptr without a model.
    virtual void on_live_flow(const features::FlowRow&, const detect::Verdict&) {}  ///< At a stage of the model.
    virtual void on_alert(const detect::Alert&) {}                                  ///< A new episode.
    virtual void on_episode(const detect::Episode&) {}                              ///< It has grown a lot, or ended.
    virtual void on_notice(const detect::Notice&) {}
    virtual void on_statistics(const RunStatistics&) {}
    /// Everything so far reaches the disk or the reader.
    virtual void flush() {}
    /// Flushes and closes; the first failure of the sink's life.
    virtual base::Result<void> finish() = 0;
};

/// What a sink is told before the first flow. Views must live as long as make() runs.
struct SinkContext {
    std::string path = {};                      ///< Where to write; "-" is standard output.
    std::string capture = {};                   ///< Name of the source.
    bool is_live = false;                       ///< The source is an interface.
    const features::Schema& schema;             ///< Of the rows that will come.
    std::string profile = {};                   ///< Name of the assembly profile.
    std::span<const std::string> classes = {};  ///< Of the model, by class index; empty without a model.
    double set_error = 0;                       ///< Predictions: the rate of error of a column of sets; 0: none.
    bool has_stages = false;                    ///< The model judges flows that go on as well.
    bool with_flows = false;                    ///< EVE: an event for every flow as well.
};

struct SinkKind {
    std::string_view name;  ///< As in options.
    std::string_view help;
    base::Result<std::unique_ptr<Sink>> (*make)(const SinkContext& context);
};

std::span<const SinkKind> sink_kinds();

/// By name; the Error lists what exists.
base::Result<std::unique_ptr<Sink>> make_sink(std::string_view name, const SinkContext& context);

}  // namespace flowsift::output
