#include "output/terminal_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "detect/class_info.h"
#include "output/attribute_text.h"
#include "output/flow_text.h"

namespace flowsift::output {
namespace {

using base::Style;
using base::Tone;

constexpr std::uint16_t kUnknownKind = 0xffff;  ///< For the limiter of bursts, beside the indices of classes.
constexpr std::size_t kWidth = 100;
constexpr std::size_t kTimeWidth = 8, kSeverityWidth = 8, kClassWidth = 20, kProbabilityWidth = 4, kProtocolWidth = 5;
constexpr std::size_t kEndpointsColumn =
    kTimeWidth + kSeverityWidth + kClassWidth + kProbabilityWidth + kProtocolWidth + 9;
constexpr std::size_t kDetailsColumn = kTimeWidth + 2;
constexpr std::uint64_t kGrownALot = 10;  // Times the flows that were told last.
constexpr std::uint8_t kIcmpV6 = 58;

std::string severity_mark(detect::Severity severity, const Style& style) {
    const bool is_high = severity == detect::Severity::kHigh, is_low = severity == detect::Severity::kLow;
    const std::string_view mark = is_high  ? style.choose("▲", "!")
                                  : is_low ? style.choose("·", ".")
                                           : style.choose("◆", "*");
    const Tone tone = is_high ? Tone::kRed : is_low ? Tone::kCyan : Tone::kYellow;
    return style.paint(tone, style.fit(fmt::format("{} {}", mark, to_string(severity)), kSeverityWidth));
}

std::string columns(const Style& style, std::string_view time, std::string_view severity, std::string_view label,
                    std::string_view probability, std::string_view protocol) {
    return fmt::format("{}  {}  {}  {}  {} ", style.fit(time, kTimeWidth), severity, style.fit(label, kClassWidth),
                       style.fit(probability, kProbabilityWidth), style.fit(protocol, kProtocolWidth));
}

/// What follows the destination of a line that is `used` columns long: on it where there is room, else on the next.
std::string named(const std::string& name, std::size_t used, const Style& style) {
    if (name.empty()) return "";
    const std::size_t wanted = base::column_count(name);
    if (used + 2 + wanted <= kWidth) return "  " + style.paint(Tone::kBold, name);
    const std::size_t room = std::min(wanted, kWidth - kEndpointsColumn);
    return fmt::format("\n{:{}}{}", "", kEndpointsColumn, style.paint(Tone::kBold, style.fit(name, room)));
}

/// "1 source", "1,000 targets", "65,536+ sources".
std::string counted(std::uint64_t count, bool is_more, std::string_view what) {
    return fmt::format("{}{} {}{}", base::grouped(count), is_more ? "+" : "", what, count == 1 && !is_more ? "" : "s");
}

/// Those that find room on a line that is `used` columns long, the strongest first.
std::string reasons(const detect::Alert& alert, std::size_t used) {
    std::string text;
    for (const detect::Reason& reason : alert.reasons) {
        const std::string next = fmt::format("{}{}", text.empty() ? "  " : ", ", reason_text(reason));
        if (used + text.size() + next.size() > kWidth) continue;
        text += next;
    }
    return text;
}

std::string loss(const detect::CaptureLoss& loss) {
    if (loss.dropped == 0) return {};
    const auto all = static_cast<double>(loss.received + loss.dropped);
    return fmt::format("capture lost {} packets so far, {:.2g} %: some evidence may be missing",
                       base::grouped(loss.dropped), 100 * static_cast<double>(loss.dropped) / all);
}

/// Broken between words; a word that is longer than that has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string word = text.substr(at, end - at);
        if (!lines.back().empty() && base::column_count(lines.back()) + 1 + base::column_count(word) > width)
            lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
        at = end + 1;
    }
    return lines;
}

}  // namespace

/// The number is what `feedback` and the store know the alert by.
std::string render_alert_details(const detect::Alert& alert, const Style& style) {
    const std::string technique = alert.technique.empty() ? "" : " " + base::printable(alert.technique);
    const std::string number = fmt::format("{:{}}#{}{}", "", kDetailsColumn, alert.number, technique);
    std::string text = style.paint(Tone::kDim, number + reasons(alert, number.size())) + "\n";
    if (const std::string lost = loss(alert.loss); !lost.empty())
        text += fmt::format("{:{}}{}\n", "", kDetailsColumn, style.paint(Tone::kYellow, lost));
    return text;
}

std::string render_episode(const detect::Episode& episode, const Style& style) {
    const auto seconds =
        static_cast<std::uint64_t>((episode.last_seen - episode.first_seen + base::kSecond - 1) / base::kSecond);
    const std::string label = base::printable(episode.label);
    const std::string text = fmt::format(
        "{} #{} {} {}: {} in {} s, {} {} {}", episode.is_open ? style.choose("…", "...") : style.choose("■", "="),
        episode.number, style.fit(label, std::min(kClassWidth, base::column_count(label))),
        episode.is_open ? "goes on" : "ended", counted(episode.flows, false, "flow"), base::grouped(seconds),
        counted(episode.sources, episode.has_more_sources, "source"), style.choose("→", ">"),
        counted(episode.targets, episode.has_more_targets, "target"));
    return fmt::format("{:{}}{}\n", "", kDetailsColumn, style.paint(Tone::kDim, text));
}

std::string render_alert(const detect::Alert& alert, const Style& style) {
    const flow::FlowIdentity& flow = alert.flow;
    const std::string protocol = flow.protocol == kIcmpV6 ? "ICMP6" : protocol_name(flow.protocol);
    const std::string line =
        columns(style, base::format_cic_time(flow.last).substr(11, kTimeWidth), severity_mark(alert.severity, style),
                base::printable(alert.label), alert.is_unknown ? "" : fmt::format("{:.2f}", alert.verdict.probability),
                protocol);
    const std::string arrow = fmt::format(" {} ", style.choose("→", ">"));
    const std::string source = endpoint(flow.source, flow.source_port, flow.protocol);
    const std::string destination = endpoint(flow.destination, flow.destination_port, flow.protocol);
    const std::size_t width = kEndpointsColumn + source.size() + 3 + destination.size();
    std::string name = alert.attributes ? peer_name(*alert.attributes) : "";
    if (name == to_string(flow.destination)) name.clear();  // It tells nothing more.
    if (width <= kWidth) return line + source + arrow + destination + named(name, width, style) + "\n";
    return fmt::format("{}{}\n{:{}}{}{}{}\n", line, source, "", kEndpointsColumn - 3, arrow, destination,
                       named(name, kEndpointsColumn + destination.size(), style));
}

base::Result<std::unique_ptr<TerminalSink>> TerminalSink::open(const std::string& path) {
    auto file = OutputFile::open(path);
    if (!file) return file.error();
    const Style style = Style::of(file->descriptor());
    return std::make_unique<TerminalSink>(std::move(*file), style);
}

TerminalSink::TerminalSink(OutputFile file, const Style& style) : file_(std::move(file)), style_(style) {}

void TerminalSink::write_heading(const std::string& date) {
    date_ = date;
    const std::string titles =
        columns(style_, "TIME UTC", style_.fit("SEVERITY", kSeverityWidth), "CLASS", "PROB", "PROTO");
    file_.write(style_.paint(Tone::kBold, fmt::format("{}FLOW on {}", titles, date)) + "\n");
}

void TerminalSink::on_alert(const detect::Alert& alert) {
    advance(alert.flow.last);
    const std::uint16_t kind = alert.is_unknown ? kUnknownKind : alert.verdict.class_index;
    if (!limiter_.admit(kind, alert.label, alert.flow.source, alert.flow.last)) return;
    const std::string date = base::format_cic_time(alert.flow.last).substr(0, 10);
    if (date != date_) write_heading(date);
    file_.write(render_alert(alert, style_));
    file_.write(render_alert_details(alert, style_));
    file_.flush();
    shown_flows_[alert.number] = 1;
}

void TerminalSink::on_episode(const detect::Episode& episode) {
    const auto shown = shown_flows_.find(episode.number);
    if (shown == shown_flows_.end()) return;  // Its alert was summed up with others.
    const bool is_told = episode.is_open ? episode.flows >= kGrownALot * shown->second : episode.flows > 1;
    if (is_told) file_.write(render_episode(episode, style_));
    if (is_told) shown->second = episode.flows;
    if (!episode.is_open) shown_flows_.erase(shown);
}

void TerminalSink::on_notice(const detect::Notice& notice) {
    const std::string text = fmt::format("{}{}: {}", notice.is_warning ? style_.choose("▲ ", "! ") : "", notice.subject,
                                         base::printable(notice.text));
    const Tone tone = notice.is_warning ? Tone::kYellow : Tone::kDim;
    std::string before = base::format_cic_time(notice.time).substr(11, kTimeWidth) + "  ";
    for (const std::string& line : wrapped(text, kWidth - kDetailsColumn)) {
        file_.write(before + style_.paint(tone, line) + "\n");
        before.assign(kDetailsColumn, ' ');
    }
    file_.flush();
}

void TerminalSink::write_sums(const std::vector<BurstLimiter::Sum>& sums) {
    if (sums.empty()) return;
    for (const BurstLimiter::Sum& sum : sums) {
        const std::string from = sum.source ? to_string(*sum.source) : "other sources";
        const base::Nanoseconds seconds =
            std::max<base::Nanoseconds>((sum.period + base::kSecond - 1) / base::kSecond, 1);
        const std::string text = fmt::format("{} and {} more {} from {} in {} s", style_.choose("…", "..."),
                                             base::grouped(sum.alerts), base::printable(sum.label), from, seconds);
        file_.write(fmt::format("{:{}}{}\n", "", kDetailsColumn, style_.paint(Tone::kDim, text)));
    }
    file_.flush();
}

void TerminalSink::advance(base::Nanoseconds now) {
    write_sums(limiter_.advance(now));
}

void TerminalSink::on_flow(const features::FlowRow& row, const detect::Verdict*) {
    advance(row.identity.last);
}

void TerminalSink::on_statistics(const RunStatistics& statistics) {
    advance(statistics.time);
}

base::Result<void> TerminalSink::finish() {
    write_sums(limiter_.finish());
    return file_.finish();
}

}  // namespace flowsift::output
