#include "output/run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace flowsift::output {
namespace {

using base::grouped;
using base::Style;
using base::Tone;

constexpr std::size_t kNameWidth = 30, kCountWidth = 16, kLossWidth = 12;

template <class Rows, class Member>
std::uint64_t total(const Rows& rows, Member member) {
    return std::accumulate(rows.begin(), rows.end(), std::uint64_t{0},
                           [&](std::uint64_t sum, const auto& row) { return sum + row.*member; });
}

std::string count_line(const Style& style, int indent, std::string_view name, std::uint64_t count) {
    const std::size_t width = kNameWidth - static_cast<std::size_t>(indent);
    return fmt::format("{:{}}{}{:>{}}\n", "", indent, style.fit(base::printable(name), width), grouped(count),
                       kCountWidth);
}

std::string reason_lines(const Style& style, const std::vector<NamedCount>& reasons) {
    std::string text;
    for (const NamedCount& reason : reasons)
        if (reason.count > 0) text += count_line(style, 4, reason.name, reason.count);
    return text;
}

std::string packet_lines(const RunSummary& summary, const Style& style) {
    const RunStatistics& totals = summary.totals;
    std::string text = style.paint(Tone::kBold, "Packets") + "\n";
    if (totals.packets_offered > 0) text += count_line(style, 2, "offered by the kernel", totals.packets_offered);
    text += count_line(style, 2, "received", totals.packets_received);
    text += count_line(style, 2, "in flows", totals.packets_in_flows);
    text += count_line(style, 2, "other", totals.packets_other) + reason_lines(style, summary.other_packets);
    text += count_line(style, 2, "dropped before us", totals.packets_dropped);
    text += count_line(style, 2, "bytes on the wire", totals.wire_bytes);
    for (const NamedCount& note : summary.notes) text += count_line(style, 2, note.name, note.count);
    return text;
}

std::string flow_lines(const RunSummary& summary, const Style& style) {
    const RunStatistics& totals = summary.totals;
    std::string text = style.paint(Tone::kBold, "Flows") + "\n";
    text += count_line(style, 2, "started", totals.flows_started);
    text += count_line(style, 2, "ended", totals.flows_ended) + reason_lines(style, summary.end_reasons);
    text += count_line(style, 2, "live", totals.flows_live);
    return text;
}

std::string class_lines(const RunSummary& summary, const Style& style) {
    if (summary.classes.empty()) return {};
    std::string text = style.paint(Tone::kBold, fmt::format("{:{}}{:>{}}{:>{}}", "Classes", kNameWidth, "flows",
                                                            kCountWidth, "alerts", kCountWidth)) +
                       "\n";
    for (const ClassCount& row : summary.classes) {
        std::string line = count_line(style, 2, row.label, row.flows);
        line.pop_back();
        text += fmt::format("{}{:>{}}\n", line, grouped(row.alerts), kCountWidth);
    }
    return text;
}

std::string output_lines(const RunSummary& summary, const Style& style) {
    if (summary.totals.sinks.empty()) return {};
    std::string text = style.paint(Tone::kBold, fmt::format("{:{}}{:>{}}{:>{}}{:>{}}{:>{}}", "Outputs", kNameWidth,
                                                            "written", kLossWidth, "queue full", kLossWidth,
                                                            "not written", kLossWidth, "refused", kLossWidth)) +
                       "\n";
    for (const SinkCounters& sink : summary.totals.sinks) {
        text += fmt::format("  {:{}}", style.fit(base::printable(sink.name), kNameWidth - 2), kNameWidth - 2);
        for (const std::uint64_t count : {sink.written, sink.dropped, sink.lost, sink.refused})
            text += fmt::format("{:>{}}", grouped(count), kLossWidth);
        text += "\n";
    }
    return text;
}

struct Sum {
    std::string_view equation;
    std::uint64_t whole;
    std::uint64_t parts;
};

std::vector<Sum> sums(const RunSummary& summary) {
    const RunStatistics& totals = summary.totals;
    std::vector<Sum> all = {
        {"packets received = in flows + other", totals.packets_received,
         totals.packets_in_flows + totals.packets_other},
        {"other packets = sum of their reasons", totals.packets_other,
         total(summary.other_packets, &NamedCount::count)},
        {"flows started = ended + live", totals.flows_started, totals.flows_ended + totals.flows_live},
        {"flows ended = sum of the end reasons", totals.flows_ended, total(summary.end_reasons, &NamedCount::count)},
    };
    if (totals.packets_offered > 0)
        all.push_back({"packets offered by the kernel = received + dropped", totals.packets_offered,
                       totals.packets_received + totals.packets_dropped});
    if (summary.classes.empty()) return all;
    all.push_back({"flows ended = flows judged", totals.flows_ended, total(summary.classes, &ClassCount::flows)});
    all.push_back({"alerts = sum over the classes", totals.alerts, total(summary.classes, &ClassCount::alerts)});
    return all;
}

std::string sum_lines(const RunSummary& summary, const Style& style) {
    const std::vector<Sum> all = sums(summary);
    const auto closes = [](const Sum& sum) { return sum.whole == sum.parts; };
    if (std::all_of(all.begin(), all.end(), closes))
        return style.paint(Tone::kGreen, "All sums close: every packet and every flow is accounted for.") + "\n";
    std::string text;
    for (const Sum& sum : all) {
        if (closes(sum)) continue;
        text += style.paint(Tone::kRed, fmt::format("DOES NOT CLOSE: {}: {} is not {}", sum.equation,
                                                    grouped(sum.whole), grouped(sum.parts))) +
                "\n";
    }
    return text;
}

}  // namespace

std::string render_run_summary(const RunSummary& summary, const Style& style) {
    return packet_lines(summary, style) + flow_lines(summary, style) + class_lines(summary, style) +
           output_lines(summary, style) + sum_lines(summary, style);
}

}  // namespace flowsift::output
