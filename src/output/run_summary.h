// The end of a run in numbers for people: every counter by name, and whether the sums close.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/terminal.h"
#include "output/sink.h"

namespace flowsift::output {

struct NamedCount {
    std::string name;
    std::uint64_t count = 0;
};

struct ClassCount {
    std::string label;
    std::uint64_t flows = 0;
    std::uint64_t alerts = 0;
};

struct RunSummary {
    RunStatistics totals;
    std::vector<NamedCount> other_packets;  ///< Packets in no flow, by reason; sums to totals.packets_other.
    std::vector<NamedCount> end_reasons;    ///< Ended flows, by reason; sums to totals.flows_ended.
    std::vector<ClassCount> classes;        ///< Judged flows, by class; empty without a model.
    std::vector<NamedCount> notes;          ///< Counters that are part of no sum: clamped timestamps, held-back jumps.
};

/// Every counter above and the sums they must form:
///   packets offered by the kernel = received + dropped (on a ring),
///   packets received = in flows + other,        other = sum of its reasons,
///   flows started = ended + live,               ended = sum of the end reasons = flows judged,
///   alerts = sum over the classes.
/// A sum that does not close is said plainly. Outputs are listed where one could not take everything. Rows of 0 are
/// left out of the lists by reason.
std::string render_run_summary(const RunSummary& summary, const base::Style& style);

}  // namespace flowsift::output
