// Routes of the overview, and of the language that filters are written in.
#include "base/json.h"
#include "detect/class_info.h"
#include "output/flow_text.h"
#include "serve/json_time.h"
#include "serve/route_tables.h"
#include "serve/store_access.h"
#include "store/overview.h"

namespace flowsift::serve {
namespace {

Response get_fields(const Request&, Services&) {
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("fields").begin_array();
    for (const store::FilterField& field : store::filter_fields()) {
        json.begin_object().member("name", field.name).member("type", store::type_name(field.kind));
        json.member("help", field.help).member("example", field.example).key("records").begin_array();
        if (!field.sql[0].empty()) json.value("flows");
        if (!field.sql[1].empty()) json.value("alerts");
        json.end_array().end_object();
    }
    json.end_array().end_object();
    return response;
}

void write_totals(base::JsonWriter& json, std::string_view name, const store::Totals& totals) {
    json.key(name).begin_object().member("flows", totals.flows).member("packets", totals.packets);
    json.member("bytes", totals.bytes).member("alerts", totals.alerts).end_object();
}

void write_classes(base::JsonWriter& json, const store::Overview& overview) {
    json.key("classes").begin_array();
    for (const store::ClassCount& row : overview.classes) {
        json.begin_object();
        write_text_or_null(json, "label", row.label);
        json.member("flows", row.flows).member("before", row.before).end_object();
    }
    json.end_array().key("severities").begin_array();
    for (const store::SeverityCount& row : overview.severities) {
        json.begin_object().member("severity", detect::to_string(row.severity)).member("alerts", row.alerts);
        json.member("before", row.before).end_object();
    }
    json.end_array();
}

void write_peers(base::JsonWriter& json, const store::Overview& overview) {
    json.key("talkers").begin_array();
    for (const store::Talker& row : overview.talkers) {
        json.begin_object().member("address", to_string(row.address)).member("flows", row.flows);
        json.member("bytes", row.bytes).member("before", row.before).end_object();
    }
    json.end_array().member("talkers_error", overview.talkers_error).key("protocols").begin_array();
    for (const store::ProtocolCount& row : overview.protocols) {
        json.begin_object().member("name", output::protocol_name(row.protocol)).member("flows", row.flows);
        json.member("bytes", row.bytes).end_object();
    }
    json.end_array().key("applications").begin_array();
    for (const store::ApplicationCount& row : overview.applications) {
        const bool is_known = row.application != features::Application::kNone;
        json.begin_object().member("name", is_known ? to_string(row.application) : "unknown");
        json.member("flows", row.flows).member("bytes", row.bytes).end_object();
    }
    json.end_array();
}

Response get_overview(const Request& request, Services& services) {
    const auto window = window_of(request, services);
    if (!window) return error_response(400, "from and to are times: 2026-01-31T12:00:00Z or -1h");
    auto flow_filter = filter_of(request, store::Records::kFlows);
    if (auto* refusal = std::get_if<Response>(&flow_filter)) return std::move(*refusal);
    auto alert_filter = filter_of(request, store::Records::kAlerts);
    if (auto* refusal = std::get_if<Response>(&alert_filter)) return std::move(*refusal);
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    store::OverviewQuery query{.window = *window};
    if (!std::get<store::Filter>(flow_filter).is_empty()) {
        query.flow_filter = &std::get<store::Filter>(flow_filter);
        query.alert_filter = &std::get<store::Filter>(alert_filter);
    }
    const auto found = store::overview(*database, query, until_cancelled(request));
    if (!found) return error_response(found.error());
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().member("from", rfc3339(found->window.from)).member("to", rfc3339(found->window.to));
    write_totals(json, "totals", found->totals);
    if (found->before)
        write_totals(json, "before", *found->before);
    else
        write_null(json, "before");
    write_classes(json, *found);
    write_peers(json, *found);
    json.end_object();
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/filter/fields",
     .least_role = Role::kViewer,
     .summary = "What a filter can ask for; docs/filter.md explains the language.",
     .handler = get_fields,
     .schema = "FilterFields"},
    {.method = Method::kGet,
     .pattern = "/api/overview",
     .least_role = Role::kViewer,
     .summary = "Totals, classes, severities, talkers, protocols of a window, beside the day before.",
     .handler = get_overview,
     .schema = "Overview",
     .query = "from,to,filter"},
};

}  // namespace

std::span<const Route> overview_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
