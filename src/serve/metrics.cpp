#include "serve/metrics.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace flowsift::serve {
namespace {

using output::RunStatistics;
using output::SinkCounters;

template <class Owner>
struct Metric {
    std::string_view name;
    std::string_view type;
    std::string_view help;
    std::uint64_t Owner::*value;
};

constexpr Metric<RunStatistics> kRunMetrics[] = {
    {"packets_received_total", "counter", "Packets that the capture gave.", &RunStatistics::packets_received},
    {"packets_dropped_total", "counter", "Packets that kernel and interface dropped before.",
     &RunStatistics::packets_dropped},
    {"packets_in_flows_total", "counter", "Packets that belong to a flow.", &RunStatistics::packets_in_flows},
    {"packets_other_total", "counter", "Packets of no flow: not IP, malformed, late.", &RunStatistics::packets_other},
    {"wire_bytes_total", "counter", "Bytes of the received packets on the wire.", &RunStatistics::wire_bytes},
    {"flows_started_total", "counter", "Flows that began.", &RunStatistics::flows_started},
    {"flows_ended_total", "counter", "Flows that ended.", &RunStatistics::flows_ended},
    {"flows_live", "gauge", "Flows that go on.", &RunStatistics::flows_live},
    {"flow_memory_bytes", "gauge", "Memory of the flows that go on.", &RunStatistics::flow_memory},
    {"alerts_total", "counter", "Alerts that were raised.", &RunStatistics::alerts},
    {"alerts_held_back_total", "counter", "Alerts that had to wait for the budget.", &RunStatistics::alerts_held_back},
};

constexpr Metric<SinkCounters> kOutputMetrics[] = {
    {"output_written_total", "counter", "Flows, alerts and statistics that the output wrote.", &SinkCounters::written},
    {"output_dropped_total", "counter", "Those that found the output's queue full.", &SinkCounters::dropped},
    {"output_lost_total", "counter", "Those that the output could not write.", &SinkCounters::lost},
    {"output_refused_total", "counter", "Those that the output's peer refused.", &SinkCounters::refused},
    {"output_queue_length", "gauge", "Those that wait in the output's queue.", &SinkCounters::waiting},
    {"output_queue_capacity", "gauge", "Those that the output's queue has room for.", &SinkCounters::room},
};

template <class Owner>
std::string heading(const Metric<Owner>& metric) {
    return fmt::format("# HELP flowsift_{0} {2}\n# TYPE flowsift_{0} {1}\n", metric.name, metric.type, metric.help);
}

}  // namespace

std::string render_metrics(const RunStatistics& statistics) {
    std::string text;
    for (const auto& metric : kRunMetrics)
        text += heading(metric) + fmt::format("flowsift_{} {}\n", metric.name, statistics.*metric.value);
    text += fmt::format(
        "# HELP flowsift_uptime_seconds How long the run has lasted.\n# TYPE flowsift_uptime_seconds gauge\n"
        "flowsift_uptime_seconds {:.3f}\n",
        statistics.uptime_seconds);
    for (const auto& metric : kOutputMetrics) {
        text += heading(metric);
        for (const SinkCounters& sink : statistics.sinks)
            text += fmt::format("flowsift_{}{{output=\"{}\"}} {}\n", metric.name, sink.name, sink.*metric.value);
    }
    return text;
}

void MetricsBoard::put(RunStatistics statistics) {
    const std::lock_guard lock(mutex_);
    statistics_ = std::move(statistics);
}

RunStatistics MetricsBoard::latest() const {
    const std::lock_guard lock(mutex_);
    return statistics_;
}

}  // namespace flowsift::serve
