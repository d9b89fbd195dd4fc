#include "app/adapt_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/text.h"
#include "learn/alarms.h"
#include "output/flow_text.h"

namespace flowsift::app {
namespace {

constexpr std::size_t kHostsShown = 10;
constexpr std::size_t kClassWidth = 20;
constexpr base::Nanoseconds kLeastCovered = 60 * base::kSecond;  // What less time says of an hour is nothing.
constexpr double kNanosecondsPerHour = 3'600e9;

std::string flow_text(const features::FlowIdentity& flow, const base::Style& style) {
    return fmt::format("{} {} {} {}", output::protocol_name(flow.protocol),
                       output::endpoint(flow.source, flow.source_port, flow.protocol), style.choose("→", ">"),
                       output::endpoint(flow.destination, flow.destination_port, flow.protocol));
}

using Counts = std::vector<std::pair<std::string, std::size_t>>;

/// The most frequent first.
Counts sorted(const std::map<std::string, std::size_t>& counts) {
    Counts list(counts.begin(), counts.end());
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return list;
}

std::string list_text(const Counts& counts, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(most, counts.size()); ++i)
        text += fmt::format("{}{} {}", i > 0 ? ", " : "", base::printable(counts[i].first),
                            base::grouped(counts[i].second));
    if (counts.size() > most) text += fmt::format(", and {} more", base::grouped(counts.size() - most));
    return text;
}

std::string table_text(std::vector<learn::SuspiciousRow> suspects, const std::vector<features::FlowIdentity>& flows,
                       const std::vector<std::string>& classes, std::size_t most, const base::Style& style) {
    std::stable_sort(
        suspects.begin(), suspects.end(), [](const learn::SuspiciousRow& a, const learn::SuspiciousRow& b) {
            return std::min(a.probability, a.cross_probability) > std::min(b.probability, b.cross_probability);
        });
    std::string text =
        fmt::format("  {:19}  {:20}  {:>5}  {:>6}  FLOW\n", "FIRST SEEN (UTC)", "LOOKS LIKE", "MODEL", "OTHERS");
    for (std::size_t i = 0; i < std::min(most, suspects.size()); ++i) {
        const learn::SuspiciousRow& suspect = suspects[i];
        const features::FlowIdentity& flow = flows[suspect.row];
        text += fmt::format("  {}  {}  {:>5.2f}  {:>6.2f}  {}\n",
                            flow.first != 0 ? base::format_cic_time(flow.first).substr(0, 19) : std::string(19, '-'),
                            style.fit(base::printable(classes[suspect.class_index]), kClassWidth), suspect.probability,
                            suspect.cross_probability, flow_text(flow, style));
    }
    if (suspects.size() > most)
        text += fmt::format("  … and {} more (--show)\n", base::grouped(suspects.size() - most));
    return text;
}

std::string rate_text(std::uint64_t alarms, std::uint64_t rows, base::Nanoseconds covered) {
    const double share = rows > 0 ? static_cast<double>(alarms) / static_cast<double>(rows) : 0;
    std::string text = fmt::format("{} ({:.3f} %", base::grouped(alarms), 100 * share);
    if (covered >= kLeastCovered) {
        const double hourly = static_cast<double>(alarms) / (static_cast<double>(covered) / kNanosecondsPerHour);
        text += fmt::format(", {:.4g} an hour, {:.4g} a day", hourly, 24 * hourly);
    }
    return text + ")";
}

std::string stage_text(const learn::StageComparison& stage, base::Nanoseconds covered) {
    std::string text = stage.packets == 0 ? "\n" : fmt::format("\nflows after {} packets\n", stage.packets);
    text += fmt::format("  {}{:>8} {:>10} {:>10}\n", padded("recall of", 30), "rows", "before", "after");
    for (const learn::ClassFigures& before : stage.before.classes) {
        if (before.support == 0) continue;
        double after = 0;
        for (const learn::ClassFigures& each : stage.after.classes)
            if (each.name == before.name) after = each.recall;
        text += fmt::format("  {}{:>8} {:>10.4f} {:>10.4f}\n", padded(base::printable(before.name), 30),
                            base::grouped(before.support), before.recall, after);
    }
    text += fmt::format("  {}{:>8} {:>10.4f} {:>10.4f}\n", padded("macro-F1", 30), "", stage.before.macro_f1,
                        stage.after.macro_f1);
    return text + fmt::format("  false alarms of {} benign flows: before {}, after {}\n",
                              base::grouped(stage.benign_rows),
                              rate_text(stage.alarms_before, stage.benign_rows, covered),
                              rate_text(stage.alarms_after, stage.benign_rows, covered));
}

}  // namespace

std::string suspects_text(const learn::Suspicion& suspicion, const std::vector<features::FlowIdentity>& flows,
                          const std::vector<std::string>& classes, std::size_t most, const base::Style& style) {
    if (suspicion.suspects.empty()) return {};
    std::map<std::string, std::size_t> by_class, by_host;
    for (const learn::SuspiciousRow& suspect : suspicion.suspects) {
        ++by_class[classes[suspect.class_index]];
        ++by_host[base::to_string(flows[suspect.row].source)];
    }
    std::string text = fmt::format(
        "{} rows look like attacks to the model and to forests that learnt from the benign rows of other {}; left "
        "out:\n",
        base::grouped(suspicion.suspects.size()), suspicion.is_by_host ? "hosts" : "flows");
    text += table_text(suspicion.suspects, flows, classes, most, style);
    text += fmt::format("  by class: {}\n", list_text(sorted(by_class), classes.size()));
    text += fmt::format("  by source host: {}\n", list_text(sorted(by_host), kHostsShown));
    if (!suspicion.companions.empty())
        text += fmt::format("  left out with them: {} more rows, of pairs of hosts that have many such rows\n",
                            base::grouped(suspicion.companions.size()));
    const std::size_t left_out = suspicion.suspects.size() + suspicion.companions.size();
    const double share = static_cast<double>(left_out) / static_cast<double>(flows.size());
    if (share > kSuspiciousShare)
        text += fmt::format(
            "  warning: that is {:.1f} % of the rows. Either this traffic is not benign, or it is of a kind that the\n"
            "  model's attacks resemble. Look at these hosts before you go on.\n",
            100 * share);
    return text + "  Where you know better: --trust ADDRESS for single hosts, --keep-suspicious for all.\n";
}

base::Nanoseconds covered_time(const dataset::Table& table) {
    std::map<std::uint32_t, std::pair<base::Nanoseconds, base::Nanoseconds>> spans;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const base::Nanoseconds time = table.times[row];
        if (time == 0) continue;
        auto& [first, last] = spans.try_emplace(table.sources[row], time, time).first->second;
        first = std::min(first, time);
        last = std::max(last, time);
    }
    base::Nanoseconds covered = 0;
    for (const auto& [source, span] : spans) covered += span.second - span.first;
    return covered;
}

std::string comparison_text(const learn::AdaptationComparison& comparison, base::Nanoseconds covered) {
    std::string text = fmt::format(
        "before and after, both learnt anew in {} folds from the same part of the model's rows and judged on the "
        "rest,\n"
        "no {} on both sides (the model in use has seen these rows: its own figures would flatter)\n",
        comparison.folds, comparison.is_by_five_tuple ? "five-tuple" : "row (some have no addresses, which flatters)");
    for (const learn::StageComparison& stage : comparison.stages) text += stage_text(stage, covered);
    if (comparison.feedback_rows > 0)
        text += fmt::format("  analysts' words heeded by models that have not seen them: {} of {} before, {} after\n",
                            comparison.heeded_before, comparison.feedback_rows, comparison.heeded_after);
    return text;
}

}  // namespace flowsift::app
