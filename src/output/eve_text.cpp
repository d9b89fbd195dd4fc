#include "output/eve_text.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

#include "base/hash.h"
#include "detect/class_info.h"
#include "output/attribute_text.h"
#include "output/community_id.h"
#include "output/flow_text.h"

namespace flowsift::output {
namespace {

using base::JsonWriter;
using flow::EndReason;
using flow::FlowIdentity;

/// The same for every event of a flow and, for the same capture, in every run. 51 bits as Suricata's, so that readers
/// that keep numbers as doubles do not round it.
std::uint64_t flow_id(const FlowIdentity& flow) {
    std::array<std::uint8_t, 53> bytes{};
    std::uint8_t* next = bytes.data();
    const auto add = [&](const void* value, std::size_t size) {
        std::memcpy(next, value, size);
        next += size;
    };
    add(flow.source.bytes.data(), 16);
    add(flow.destination.bytes.data(), 16);
    add(&flow.source_port, 2);
    add(&flow.destination_port, 2);
    add(&flow.protocol, 1);
    add(&flow.vlan, 4);
    add(&flow.tunnel_id, 4);
    add(&flow.first, 8);
    return base::siphash13(base::HashKey{}, bytes) & ((std::uint64_t{1} << 51) - 1);
}

void write_vlan(JsonWriter& json, std::uint32_t vlan) {
    if (vlan == 0) return;
    json.key("vlan").begin_array().value(vlan & 0xfff);
    if (vlan >> 12) json.value(vlan >> 12);
    json.end_array();
}

void write_endpoints(JsonWriter& json, const FlowIdentity& flow) {
    json.member("src_ip", to_string(flow.source));
    if (has_ports(flow.protocol)) json.member("src_port", unsigned{flow.source_port});
    json.member("dest_ip", to_string(flow.destination));
    if (has_ports(flow.protocol)) json.member("dest_port", unsigned{flow.destination_port});
}

void write_identity(JsonWriter& json, const FlowIdentity& flow) {
    write_vlan(json, flow.vlan);
    write_endpoints(json, flow);
    json.member("proto", protocol_name(flow.protocol)).member("ip_v", flow.source.is_v4() ? 4 : 6);
    if (flow.icmp_type >= 0) json.member("icmp_type", int{flow.icmp_type}).member("icmp_code", int{flow.icmp_code});
    json.member("community_id", community_id(flow));
}

void write_member(JsonWriter& json, std::string_view key, std::string_view text) {
    if (!text.empty()) json.member(key, text);
}

/// The content of "tls" and "quic": what both have of a ClientHello.
void write_hello(JsonWriter& json, const features::FlowAttributes& attributes) {
    write_member(json, "sni", attributes.server_name());
    if (!attributes.has_fingerprint) return;
    json.key("ja3").begin_object().member("hash", ja3_text(attributes)).end_object();
    json.member("ja4", ja4_text(attributes));
}

/// "app_proto" and the object of that name, as far as Suricata's schema has room for what we know.
void write_attributes(JsonWriter& json, const features::FlowAttributes* attributes) {
    using features::Application;
    if (!attributes) return;
    const std::string_view protocol = to_string(attributes->application);
    json.member("app_proto", protocol).key(protocol).begin_object();
    switch (attributes->application) {
        case Application::kTls:
            write_hello(json, *attributes);
            if (!attributes->alpn.is_empty())
                json.key("client_alpns").begin_array().value(attributes->alpn.view()).end_array();
            break;
        case Application::kQuic:
            write_hello(json, *attributes);
            break;
        case Application::kDns:
            json.member("version", 3).key("queries").begin_array().begin_object();
            json.member("rrname", attributes->dns_query()).end_object().end_array();
            break;
        case Application::kHttp:
            write_member(json, "hostname", attributes->http_host());
            break;
        case Application::kNone:
            break;
    }
    json.end_object();
}

void write_counts(JsonWriter& json, const FlowIdentity& flow) {
    json.member("pkts_toserver", flow.forward_packets).member("pkts_toclient", flow.backward_packets);
    json.member("bytes_toserver", flow.forward_wire_bytes).member("bytes_toclient", flow.backward_wire_bytes);
    json.member("start", base::format_eve_time(flow.first));
}

std::string_view state(const FlowIdentity& flow) {
    if (flow.end_reason == EndReason::kFin || flow.end_reason == EndReason::kRst) return "closed";
    return flow.backward_packets == 0 ? "new" : "established";
}

/// Suricata's schema wants what is in "metadata" to be arrays of texts.
void write_list(JsonWriter& json, std::string_view key, std::string_view text) {
    json.key(key).begin_array().value(text).end_array();
}

void write_list(JsonWriter& json, std::string_view key, std::uint64_t number) {
    write_list(json, key, std::to_string(number));
}

void write_reasons(JsonWriter& json, std::span<const detect::Reason> reasons) {
    if (reasons.empty()) return;
    json.key("reasons").begin_array();
    for (const detect::Reason& reason : reasons)
        json.value(fmt::format("{}: {:+.4f}", reason_text(reason), reason.contribution));
    json.end_array();
}

void write_metadata(JsonWriter& json, const detect::Alert& alert) {
    json.key("metadata").begin_object();
    write_list(json, "episode", alert.number);
    write_list(json, "episode_state", "opened");
    write_list(json, "label", alert.label);
    if (!alert.is_unknown) write_list(json, "probability", fmt::format("{:.4f}", alert.verdict.probability));
    write_list(json, "model_hash", alert.model_hash);
    if (!alert.technique.empty()) write_list(json, "mitre_technique_id", alert.technique);
    write_reasons(json, alert.reasons);
    write_list(json, "packets_received", alert.loss.received);
    write_list(json, "packets_dropped", alert.loss.dropped);
    json.end_object();
}

void write_metadata(JsonWriter& json, const detect::Episode& episode) {
    json.key("metadata").begin_object();
    write_list(json, "episode", episode.number);
    write_list(json, "episode_state", episode.is_open ? "grown" : "ended");
    write_list(json, "label", episode.label);
    if (episode.probability > 0) write_list(json, "probability", fmt::format("{:.4f}", episode.probability));
    if (!episode.technique.empty()) write_list(json, "mitre_technique_id", episode.technique);
    write_list(json, "first_seen", base::format_eve_time(episode.first_seen));
    write_list(json, "last_seen", base::format_eve_time(episode.last_seen));
    write_list(json, "flows", episode.flows);
    write_list(json, "packets", episode.packets);
    write_list(json, "bytes", episode.bytes);
    write_list(json, "sources", fmt::format("{}{}", episode.sources, episode.has_more_sources ? "+" : ""));
    write_list(json, "targets", fmt::format("{}{}", episode.targets, episode.has_more_targets ? "+" : ""));
    json.end_object();
}

/// The object "alert", up to its metadata.
void begin_alert(JsonWriter& json, std::string_view label, const detect::ClassInfo& info, detect::Severity severity) {
    json.key("alert").begin_object().member("action", "allowed").member("gid", 1);
    json.member("signature_id", info.signature_id).member("rev", 1);
    json.member("signature", "flowsift: " + std::string(label)).member("category", info.category);
    json.member("severity", static_cast<int>(severity));
}

/// Suricata's schema has one counter for all that outputs could not take …
std::uint64_t not_written(const RunStatistics& statistics) {
    std::uint64_t count = 0;
    for (const SinkCounters& sink : statistics.sinks) count += sink.dropped + sink.lost + sink.refused;
    return count;
}

/// … and room for integers by any name here, so that they are told by output as well.
void write_outputs(JsonWriter& json, const std::vector<SinkCounters>& sinks) {
    if (sinks.empty()) return;
    json.key("metadata").begin_object().key("flowints").begin_object();
    for (const SinkCounters& sink : sinks) {
        const std::string prefix = "output." + sink.name;
        json.member(prefix + ".written", sink.written).member(prefix + ".dropped", sink.dropped);
        json.member(prefix + ".lost", sink.lost).member(prefix + ".refused", sink.refused);
        json.member(prefix + ".waiting", sink.waiting);
    }
    json.end_object().end_object();
}

}  // namespace

JsonWriter EveText::begin_event(std::string_view type, base::Nanoseconds time) {
    text_.clear();
    JsonWriter json(text_);
    json.begin_object().member("timestamp", base::format_eve_time(time));
    if (type != "stats" && type != "engine") json.member(is_live_ ? "in_iface" : "pcap_filename", capture_);
    json.member("event_type", type);
    return json;
}

std::string_view EveText::end_event(JsonWriter& json) {
    json.end_object();
    return text_;
}

std::string_view EveText::alert(const detect::Alert& alert) {
    JsonWriter json = begin_event("alert", alert.flow.last);
    json.member("flow_id", flow_id(alert.flow));
    write_identity(json, alert.flow);
    write_attributes(json, alert.attributes);
    begin_alert(json, alert.label, {alert.severity, alert.technique, alert.category, alert.signature_id},
                alert.severity);
    write_metadata(json, alert);
    json.end_object();
    json.key("flow").begin_object();
    write_counts(json, alert.flow);
    write_endpoints(json, alert.flow);
    json.end_object();
    return end_event(json);
}

/// Again an alert, for that is where Suricata's schema has room; "episode_state" tells it from the first one.
std::string_view EveText::episode(const detect::Episode& episode) {
    if (!says_more(episode)) return {};
    JsonWriter json = begin_event("alert", episode.last_seen);
    json.member("flow_id", flow_id(episode.flow));
    write_identity(json, episode.flow);
    begin_alert(json, episode.label, detect::class_info(episode.label), episode.severity);
    write_metadata(json, episode);
    json.end_object();
    return end_event(json);
}

std::string_view EveText::notice(const detect::Notice& notice) {
    JsonWriter json = begin_event("engine", notice.time);
    json.key("engine").begin_object().member("module", notice.subject).member("message", notice.text).end_object();
    return end_event(json);
}

std::string_view EveText::flow(const features::FlowRow& row) {
    const FlowIdentity& flow = row.identity;
    JsonWriter json = begin_event("flow", flow.last);
    json.member("flow_id", flow_id(flow));
    write_identity(json, flow);
    write_attributes(json, row.attributes);
    json.key("flow").begin_object();
    write_counts(json, flow);
    json.member("end", base::format_eve_time(flow.last)).member("age", (flow.last - flow.first) / base::kSecond);
    json.member("state", state(flow)).member("reason", flow::to_string(flow.end_reason)).end_object();
    return end_event(json);
}

std::string_view EveText::statistics(const RunStatistics& statistics) {
    JsonWriter json = begin_event("stats", statistics.time);
    json.key("stats").begin_object().member("uptime", static_cast<std::uint64_t>(statistics.uptime_seconds));
    json.key("capture").begin_object().member("kernel_packets", statistics.packets_received);
    json.member("kernel_drops", statistics.packets_dropped).end_object();
    json.key("decoder").begin_object().member("pkts", statistics.packets_received);
    json.member("bytes", statistics.wire_bytes).end_object();
    json.key("flow").begin_object().member("total", statistics.flows_started);
    json.member("active", statistics.flows_live).end_object();
    json.key("detect").begin_object().member("alert", statistics.alerts);
    json.member("alerts_suppressed", statistics.alerts_held_back);
    json.member("alert_queue_overflow", not_written(statistics)).end_object();
    json.end_object();
    write_outputs(json, statistics.sinks);
    return end_event(json);
}

}  // namespace flowsift::output
