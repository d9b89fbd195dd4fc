// Routes of the program's own state.
#include "base/json.h"
#include "serve/control.h"
#include "serve/json_time.h"
#include "serve/live_board.h"
#include "serve/route_tables.h"
#include "serve/services.h"

namespace flowsift::serve {
namespace {

Response get_health(const Request&, Services&) {
    return {.body = R"({"status":"ok"})"};
}

Response get_metrics(const Request&, Services& services) {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = services.metrics()};
}

void write_packets(base::JsonWriter& json, const output::RunStatistics& statistics, const Health& health) {
    const auto write = [&](std::string_view name, std::uint64_t count, bool is_loss) {
        json.begin_object().member("name", name).member("count", count).member("is_loss", is_loss).end_object();
    };
    json.key("packets").begin_array();
    write("received", statistics.packets_received, false);
    write("dropped by kernel and interface", statistics.packets_dropped, true);
    write("in flows", statistics.packets_in_flows, false);
    write("others", statistics.packets_other, false);
    for (const Health::Count& row : health.packets) write(row.name, row.count, row.is_loss);
    json.end_array();
}

void write_outputs(base::JsonWriter& json, const output::RunStatistics& statistics) {
    json.key("outputs").begin_array();
    for (const output::SinkCounters& sink : statistics.sinks) {
        json.begin_object().member("name", sink.name).member("written", sink.written).member("dropped", sink.dropped);
        json.member("lost", sink.lost).member("waiting", sink.waiting).member("room", sink.room).end_object();
    }
    json.end_array();
}

void write_flow_table(base::JsonWriter& json, const output::RunStatistics& statistics, const Health& health) {
    json.key("memory").begin_object().member("used", health.memory_used).member("cap", health.memory_cap).end_object();
    json.key("flow_table").begin_object().member("live", statistics.flows_live);
    json.member("started", statistics.flows_started).member("ended", statistics.flows_ended).end_object();
    json.key("ends").begin_array();
    for (const Health::Count& row : health.ends)
        json.begin_object().member("name", row.name).member("count", row.count).end_object();
    json.end_array();
}

Response get_details(const Request&, Services& services) {
    const Health health = services.control->health();
    const output::RunStatistics statistics = services.board->statistics();
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().member("version", services.version);
    write_packets(json, statistics, health);
    write_outputs(json, statistics);
    write_flow_table(json, statistics, health);
    if (health.detection_seconds) {
        json.key("detection").begin_object().member("median_s", health.detection_seconds->first);
        json.member("p95_s", health.detection_seconds->second).end_object();
    } else {
        write_null(json, "detection");
    }
    json.key("drift").begin_array();
    for (const auto& [feature, index] : health.drift)
        json.begin_object().member("feature", feature).member("psi", index).end_object();
    json.end_array().key("configuration").begin_object();
    for (const auto& [name, value] : health.configuration) json.member(name, value);
    json.end_object().end_object();
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/health",
     .least_role = Role::kNobody,
     .summary = "That the server answers.",
     .handler = get_health,
     .schema = "Alive",
     .is_quick = true},
    {.method = Method::kGet,
     .pattern = "/api/health/details",
     .least_role = Role::kViewer,
     .summary = "Counters, queues, memory, drift, configuration.",
     .handler = get_details,
     .schema = "Health"},
    {.method = Method::kGet,
     .pattern = "/metrics",
     .least_role = Role::kViewer,
     .summary = "Counters for Prometheus; from this machine without a session.",
     .handler = get_metrics,
     .schema = "text/plain",
     .is_quick = true,
     .is_open_to_local = true},
};

}  // namespace

std::span<const Route> health_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
