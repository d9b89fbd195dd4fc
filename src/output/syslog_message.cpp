#include "output/syslog_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/terminal.h"
#include "base/time.h"
#include "detect/class_info.h"
#include "output/attribute_text.h"
#include "output/community_id.h"
#include "output/eve_text.h"
#include "output/flow_text.h"

namespace flowsift::output {
namespace {

constexpr int kFacility = 16;  // local0
/// 32473 is the number that RFC 5612 keeps for documentation: the project has none of its own.
constexpr std::string_view kStructuredDataId = "flowsift@32473";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";  // RFC 5424 section 6.4: what follows is UTF-8.
constexpr std::size_t kMostHostBytes = 255;

/// RFC 5424 section 6.2.1: critical, warning, notice.
int level(detect::Severity severity) {
    if (severity == detect::Severity::kHigh) return 2;
    return severity == detect::Severity::kMedium ? 4 : 5;
}

/// RFC 3339, as RFC 5424 wants it: UTC, microseconds.
std::string timestamp(base::Nanoseconds time) {
    std::string text = base::format_eve_time(time);
    text.resize(text.find('+'));
    text += 'Z';
    return text;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= kMostHostBytes &&
           std::ranges::all_of(host, [](char c) { return c > ' ' && c < 0x7f; });
}

/// Appends PARAM-NAME="PARAM-VALUE", where there is a value.
void add(std::string& data, std::string_view name, std::string_view value) {
    if (!value.empty()) data += fmt::format(" {}=\"{}\"", name, syslog_value(value));
}

void add_episode(std::string& data, std::uint64_t number, std::string_view state, std::string_view label,
                 detect::Severity severity) {
    add(data, "episode", std::to_string(number));
    add(data, "state", state);
    add(data, "class", label);
    add(data, "severity", detect::to_string(severity));
}

void add_flow(std::string& data, const flow::FlowIdentity& flow) {
    const bool with_ports = has_ports(flow.protocol);
    add(data, "proto", protocol_name(flow.protocol));
    add(data, "src", to_string(flow.source));
    if (with_ports) add(data, "src_port", std::to_string(flow.source_port));
    add(data, "dst", to_string(flow.destination));
    if (with_ports) add(data, "dst_port", std::to_string(flow.destination_port));
    add(data, "community_id", community_id(flow));
}

std::string ends_of(const flow::FlowIdentity& flow) {
    return fmt::format("{} > {} {}", endpoint(flow.source, flow.source_port, flow.protocol),
                       endpoint(flow.destination, flow.destination_port, flow.protocol), protocol_name(flow.protocol));
}

std::string with_mark(std::uint64_t count, bool is_more) {
    return fmt::format("{}{}", count, is_more ? "+" : "");
}

}  // namespace

SyslogText::SyslogText(std::string_view host, long process)
    : origin_(fmt::format("{} flowsift {} alert", is_host(host) ? host : "-", process)) {}

std::string SyslogText::header(detect::Severity severity, base::Nanoseconds time) const {
    return fmt::format("<{}>1 {} {} [{}", kFacility * 8 + level(severity), timestamp(time), origin_, kStructuredDataId);
}

std::string SyslogText::alert(const detect::Alert& alert) const {
    const std::string probability = alert.is_unknown ? "" : fmt::format("{:.4f}", alert.verdict.probability);
    const std::string name = alert.attributes ? peer_name(*alert.attributes) : "";
    std::string message = header(alert.severity, alert.flow.last);
    add_episode(message, alert.number, "opened", alert.label, alert.severity);
    add(message, "probability", probability);
    add_flow(message, alert.flow);
    add(message, "name", name);
    add(message, "technique", alert.technique);
    add(message, "model_hash", alert.model_hash);
    return message + fmt::format("] {}{}: {}{}{}, episode {} opened", kByteOrderMark, base::printable(alert.label),
                                 ends_of(alert.flow), name.empty() ? "" : " " + name,
                                 probability.empty() ? "" : ", probability " + probability, alert.number);
}

std::string SyslogText::episode(const detect::Episode& episode) const {
    if (!says_more(episode)) return {};
    const std::string_view state = episode.is_open ? "grown" : "ended";
    const std::string sources = with_mark(episode.sources, episode.has_more_sources);
    const std::string targets = with_mark(episode.targets, episode.has_more_targets);
    std::string message = header(episode.severity, episode.last_seen);
    add_episode(message, episode.number, state, episode.label, episode.severity);
    if (episode.probability > 0) add(message, "probability", fmt::format("{:.4f}", episode.probability));
    add_flow(message, episode.flow);
    add(message, "technique", episode.technique);
    add(message, "first_seen", timestamp(episode.first_seen));
    add(message, "flows", std::to_string(episode.flows));
    add(message, "packets", std::to_string(episode.packets));
    add(message, "bytes", std::to_string(episode.bytes));
    add(message, "sources", sources);
    add(message, "targets", targets);
    return message + fmt::format("] {}{}: {}, episode {} {}: {} flows, sources {}, targets {}", kByteOrderMark,
                                 base::printable(episode.label), ends_of(episode.flow), episode.number, state,
                                 episode.flows, sources, targets);
}

std::string syslog_value(std::string_view text) {
    std::string escaped;
    for (const char c : base::printable(text)) {
        if (c == '"' || c == '\\' || c == ']') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string octet_counted(std::string_view message) {
    return fmt::format("{} {}", message.size(), message);
}

}  // namespace flowsift::output
