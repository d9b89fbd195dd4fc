#include "app/alert_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "detect/class_info.h"
#include "output/community_id.h"
#include "output/flow_text.h"

namespace flowsift::app {
namespace {

constexpr std::size_t kPeersShown = 10;

std::string word_of(const store::StoredAlert& alert) {
    std::string text;
    if (alert.feedback) {
        text = alert.feedback->is_right ? "right" : "wrong";
        if (!alert.feedback->label.empty()) text += ": " + base::printable(alert.feedback->label);
    }
    if (alert.is_escalated) text += text.empty() ? "escalated" : ", escalated";
    if (alert.is_archived) text += text.empty() ? "archived" : ", archived";
    return text;
}

std::string ends_of(const flow::FlowIdentity& flow, const base::Style& style) {
    return fmt::format("{} {} {}", output::endpoint(flow.source, flow.source_port, flow.protocol),
                       style.choose("→", ">"),
                       output::endpoint(flow.destination, flow.destination_port, flow.protocol));
}

std::string line_of(const store::StoredAlert& alert, const base::Style& style) {
    return fmt::format("{:>8}  {}  {}  {}  {:.2f}  {:>8}  {}  {}\n", alert.number,
                       base::format_cic_time(alert.flow.first).substr(0, 19), style.fit(to_string(alert.severity), 8),
                       style.fit(base::printable(alert.label), 20), alert.probability, base::grouped(alert.flows),
                       ends_of(alert.flow, style), word_of(alert));
}

std::string row(std::string_view name, const std::string& text) {
    return text.empty() ? "" : fmt::format("  {:<14} {}\n", name, text);
}

std::string wall_time(std::int64_t seconds) {
    return base::format_cic_time(seconds * base::kSecond).substr(0, 19);
}

std::string facts_of(const store::AlertDetail& detail, const base::Style& style) {
    const store::StoredAlert& alert = detail.alert;
    std::string text = row("flow", ends_of(alert.flow, style) + " " + output::protocol_name(alert.flow.protocol));
    text += row("name", base::printable(alert.name)) + row("community id", output::community_id(alert.flow));
    text += row("seen (UTC)",
                fmt::format("{} to {}{}", base::format_cic_time(alert.flow.first).substr(0, 19),
                            base::format_cic_time(alert.flow.last).substr(0, 19), alert.is_open ? ", goes on" : ""));
    text +=
        row("of it", fmt::format("{} flows, {} packets, {} bytes; {} sources, {} targets", base::grouped(alert.flows),
                                 base::grouped(alert.packets), base::grouped(alert.bytes), base::grouped(alert.sources),
                                 base::grouped(alert.targets)));
    text += row("technique", base::printable(alert.technique)) + row("capture", base::printable(alert.capture));
    text += row("model", base::printable(alert.model_hash));
    if (detail.loss.dropped > 0)
        text += row("loss", fmt::format("{} of {} packets had been lost by then", base::grouped(detail.loss.dropped),
                                        base::grouped(detail.loss.received + detail.loss.dropped)));
    return text + row("analysts", word_of(alert));
}

}  // namespace

std::string alert_lines(const std::vector<store::StoredAlert>& alerts, const base::Style& style) {
    std::string text =
        style.paint(base::Tone::kBold, fmt::format("{:>8}  {:19}  {:8}  {:20}  {}  {:>8}  FLOW", "ALERT",
                                                   "FIRST SEEN (UTC)", "SEVERITY", "CLASS", "PROB", "FLOWS")) +
        "\n";
    for (const store::StoredAlert& alert : alerts) text += line_of(alert, style);
    return text;
}

std::string alert_text(const store::AlertDetail& detail, const base::Style& style) {
    const auto heading = [&](std::string_view words) { return style.paint(base::Tone::kBold, words) + "\n"; };
    std::string text =
        heading(fmt::format("alert {}: {}, {}, {:.2f}", detail.alert.number, base::printable(detail.alert.label),
                            to_string(detail.alert.severity), detail.alert.probability));
    text += facts_of(detail, style);
    if (!detail.reasons.empty()) text += heading("reasons");
    for (const store::StoredReason& stored : detail.reasons) {
        detect::Reason reason = stored.reason;
        const std::string name = base::printable(stored.feature);
        reason.name = name;
        text += fmt::format("  {:+.3f}  {}\n", reason.contribution, output::reason_text(reason));
    }
    if (!detail.peers.empty()) text += heading("peers");
    for (std::size_t i = 0; i < std::min(detail.peers.size(), kPeersShown); ++i)
        text += fmt::format("  {:>8}  {}\n", base::grouped(detail.peers[i].flows), to_string(detail.peers[i].address));
    if (!detail.similar.empty()) text += heading("similar") + alert_lines(detail.similar, style);
    if (!detail.history.empty()) text += heading("history");
    for (const store::HistoryEntry& entry : detail.history)
        text += fmt::format("  {}  {}  {} {}\n", wall_time(entry.time), base::printable(entry.user),
                            base::printable(entry.action), base::printable(entry.detail));
    return text;
}

}  // namespace flowsift::app
