// Sink: one way in which results leave: a CSV file, EVE JSON, the terminal. The one table of sinks is in sink.cpp.
//
// Called by one thread. A sink buffers; a failed write is kept and told once by finish(). Slow ones stand behind a
// queue (queued_sink.h), so that none can stop capture.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "detect/episode.h"
#include "features/schema.h"
#include "output/peer_report.h"
#include "output/rotating_file.h"

namespace flowsift::output {

/// What became of the things that one sink was told: every one was written, dropped, lost or refused, or waits.
struct SinkCounters {
    std::string name = {};      ///< As in options.
    std::uint64_t written = 0;  ///< Handed to the file, database or peer.
    std::uint64_t dropped = 0;  ///< Never reached the sink: its queue was full.
    std::uint64_t lost = 0;     ///< Reached it, but could not be written: disk full, peer away.
    std::uint64_t refused = 0;  ///< Reached the peer, which does not want it.
    std::uint64_t waiting = 0;  ///< In the queue now …
    std::uint64_t room = 0;     ///< … which has room for so many.
};

/// Totals of a run for EVE's stats event, the terminal and /metrics.
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
    std::uint64_t flow_memory = 0;       ///< Bytes, of live flows.
    std::uint64_t alerts = 0;            ///< Episodes that were told …
    std::uint64_t alerts_held_back = 0;  ///< … and that had to wait for the budget.
    std::vector<SinkCounters> sinks = {};
};

/// What a sink wants of flows; what it does not want is not copied for it.
enum class FlowUse : std::uint8_t { kNone, kIdentity, kRow };

class Sink {
  public:
    virtual ~Sink() = default;
    virtual void on_flow(const features::FlowRow&, const detect::Verdict*) {}  ///< Verdict: nullptr without a model.
    virtual void on_live_flow(const features::FlowRow&, const detect::Verdict&) {}  ///< At a stage of the model.
    virtual void on_alert(const detect::Alert&) {}                                  ///< A new episode.
    virtual void on_episode(const detect::Episode&) {}                              ///< It has grown a lot, or ended.
    virtual void on_notice(const detect::Notice&) {}
    virtual void on_statistics(const RunStatistics&) {}
    /// Asked once; kIdentity: rows may come without values.
    virtual FlowUse flow_use() const { return FlowUse::kRow; }
    /// Everything so far reaches the disk or the reader.
    virtual void flush() {}
    /// Its file may have been moved away: begin it anew under its name.
    virtual void reopen() {}
    /// From any thread: the run ends; try again for a few seconds at most.
    virtual void hurry() {}
    /// From any thread: how many things it was told and could not write.
    virtual std::uint64_t lost() const { return 0; }
    /// From any thread: how many things its peer has refused.
    virtual std::uint64_t refused() const { return 0; }
    /// Flushes and closes; the first failure of the sink's life.
    virtual base::Result<void> finish() = 0;
};

/// What a sink is told before the first flow. Views must live as long as make() runs.
struct SinkContext {
    std::string path = {};                      ///< Where to write; "-" is standard output. Of a remote sink: address.
    std::string capture = {};                   ///< Name of the source.
    bool is_live = false;                       ///< The source is an interface.
    const features::Schema& schema;             ///< Of the rows that will come.
    std::string profile = {};                   ///< Name of the assembly profile.
    std::span<const std::string> classes = {};  ///< Of the model, by class index; empty without a model.
    double set_error = 0;                       ///< Predictions: the rate of error of a column of sets; 0: none.
    bool has_stages = false;                    ///< The model judges flows that go on as well.
    bool with_flows = false;                    ///< EVE: an event for every flow as well.
    Rotation rotation = {};                     ///< EVE: when its file is put aside.
    std::string ca_file = {};                   ///< Remote: certificates to trust; empty: the machine's.
    std::string header_file = {};               ///< Webhook: headers of every request.
    Teller tell = {};                           ///< Remote: whom to tell how its peer does.
};

struct SinkKind {
    std::string_view name;  ///< As in options.
    std::string_view help;
    base::Result<std::unique_ptr<Sink>> (*make)(const SinkContext& context);
    /// Its peer may be away for long: it is told alerts and episodes alone, and a replay does not wait for it either.
    bool is_remote = false;
};

std::span<const SinkKind> sink_kinds();

/// By name; the Error lists what exists.
base::Result<const SinkKind*> find_sink_kind(std::string_view name);

/// Error: that of find_sink_kind(), or what making it says.
base::Result<std::unique_ptr<Sink>> make_sink(std::string_view name, const SinkContext& context);

}  // namespace flowsift::output
