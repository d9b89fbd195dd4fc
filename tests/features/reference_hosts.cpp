#include "reference_hosts.h"

#include <set>
#include <tuple>

namespace flowsift::features::reference {
namespace {

using Host = std::tuple<base::IpAddress, std::uint32_t, std::uint32_t>;

base::Nanoseconds floor_to(base::Nanoseconds time, base::Nanoseconds slice) {
    const base::Nanoseconds rest = time % slice;
    return time - (rest < 0 ? rest + slice : rest);
}

Host host_of(const flow::FlowIdentity& flow, bool is_source) {
    return {is_source ? flow.source : flow.destination, flow.vlan, flow.tunnel_id};
}

void put_window(std::map<std::string, double>& row, const std::string& prefix, std::span<const FlowEvent> events,
                bool is_source, base::Nanoseconds length, base::Nanoseconds slice) {
    const FlowEvent& now = events.back();
    const base::Nanoseconds begin = floor_to(now.time, slice) - length + slice;
    std::set<std::uint16_t> ports;
    std::set<base::IpAddress> peers;
    double started = 0, ended = 0, unanswered = 0, reset = 0, bytes = 0;
    for (std::size_t i = events.size(); i-- > 0 && events[i].time >= begin;) {
        const flow::FlowIdentity& flow = events[i].identity;
        if (host_of(flow, is_source) != host_of(now.identity, is_source)) continue;
        if (events[i].kind == EventKind::kStarted) {
            started += 1;
            ports.insert(flow.destination_port);
            peers.insert(is_source ? flow.destination : flow.source);
        }
        if (events[i].kind != EventKind::kEnded) continue;
        ended += 1;
        if (flow.backward_packets == 0) unanswered += 1;
        if (flow.end_reason == flow::EndReason::kRst) reset += 1;
        bytes += static_cast<double>(events[i].payload_bytes);
    }
    row[prefix + "Ports"] = static_cast<double>(ports.size());
    row[prefix + "Peers"] = static_cast<double>(peers.size());
    row[prefix + "New Flows/s"] = started / (static_cast<double>(length) / 1e9);
    row[prefix + "Unanswered Share"] = ended > 0 ? unanswered / ended : 0;
    row[prefix + "Reset Share"] = ended > 0 ? reset / ended : 0;
    row[prefix + "Bytes Per Flow"] = ended > 0 ? bytes / ended : 0;
}

void put_pair(std::map<std::string, double>& row, const std::string& window, std::span<const FlowEvent> events,
              base::Nanoseconds length, base::Nanoseconds slice) {
    const flow::FlowIdentity& own = events.back().identity;
    const base::Nanoseconds begin = floor_to(events.back().time, slice) - length + slice;
    double between = 0, to_service = 0;
    for (std::size_t i = events.size(); i-- > 0 && events[i].time >= begin;) {
        const flow::FlowIdentity& flow = events[i].identity;
        if (events[i].kind != EventKind::kStarted) continue;
        if (host_of(flow, true) != host_of(own, true) || host_of(flow, false) != host_of(own, false)) continue;
        between += 1;
        if (flow.destination_port == own.destination_port && flow.protocol == own.protocol) to_service += 1;
    }
    row["Pair " + window + " Flows"] = between;
    row["Service " + window + " Flows"] = to_service;
}

}  // namespace

std::map<std::string, double> host_features_of(std::span<const FlowEvent> events) {
    std::map<std::string, double> row;
    for (const bool is_source : {true, false}) {
        const std::string host = is_source ? "Src Host " : "Dst Host ";
        put_window(row, host + "2s ", events, is_source, 2 * base::kSecond, base::kSecond / 2);
        put_window(row, host + "60s ", events, is_source, 60 * base::kSecond, 2 * base::kSecond);
    }
    put_pair(row, "2s", events, 2 * base::kSecond, base::kSecond / 2);
    put_pair(row, "60s", events, 60 * base::kSecond, 2 * base::kSecond);
    return row;
}

}  // namespace flowsift::features::reference
