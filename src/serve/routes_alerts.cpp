// Routes of alerts: the inbox, one alert with all that is known, what analysts decide, mutes.
#include <algorithm>
#include <array>
#include <limits>

#include "base/json.h"
#include "detect/class_info.h"
#include "detect/policy.h"
#include "features/catalogue.h"
#include "output/community_id.h"
#include "output/eve_text.h"
#include "serve/control.h"
#include "serve/json_body.h"
#include "serve/json_rows.h"
#include "serve/json_time.h"
#include "serve/query_values.h"
#include "serve/route_tables.h"
#include "serve/store_access.h"
#include "store/alert_detail.h"
#include "store/mutes.h"
#include "store/open_store.h"
#include "store/stored_flow_csv.h"
#include "store/triage.h"

namespace flowsift::serve {
namespace {

constexpr std::int64_t kMostAlerts = 1'000;
constexpr std::int64_t kMostFlows = 10'000;
constexpr std::uint64_t kActionLimit = 256 * 1024;
constexpr std::array<std::string_view, 3> kGroupings = {"class", "source", "target"};
constexpr std::array<std::string_view, 3> kStates = {"open", "archived", "all"};

/// The place of the query's value in `names`; `otherwise` where it is missing or "none". Empty: it is none of them.
std::optional<int> choice_of(const Request& request, std::string_view name, std::span<const std::string_view> names,
                             int otherwise) {
    const auto text = find_field(request.query, name);
    if (!text || *text == "none") return otherwise;
    const auto found = std::find(names.begin(), names.end(), *text);
    if (found == names.end()) return std::nullopt;
    return static_cast<int>(found - names.begin());
}

base::Result<std::vector<store::AlertGroup>> groups_of(store::Database& database, const store::AlertQuery& query,
                                                       int grouping) {
    if (grouping < 0) return std::vector<store::AlertGroup>();
    return store::group_alerts(database, query, static_cast<store::AlertGrouping>(grouping));
}

std::string list_json(const store::AlertPage& page, std::span<const store::AlertGroup> groups) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object().key("alerts").begin_array();
    for (const store::StoredAlert& alert : page.alerts) write_alert(json, alert);
    json.end_array().key("groups").begin_array();
    for (const store::AlertGroup& group : groups) {
        json.begin_object().member("key", group.key).member("alerts", group.alerts);
        json.member("latest", rfc3339(group.latest)).end_object();
    }
    json.end_array();
    write_text_or_null(json, "next", page.next ? page.next->text() : std::string());
    json.member("total", page.total).end_object();
    return text;
}

Response get_alerts(const Request& request, Services& services) {
    const auto page = page_of(request, services, store::alert_sort_keys(), "-time", kMostAlerts);
    if (!page) return error_response(page.error());
    const auto state = choice_of(request, "state", kStates, 0);
    const auto grouping = choice_of(request, "group", kGroupings, -1);
    if (!state || !grouping)
        return error_response(400, "state is open, archived or all; group is none, class, source or target");
    auto filter = filter_of(request, store::Records::kAlerts);
    if (auto* refusal = std::get_if<Response>(&filter)) return std::move(*refusal);
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const store::AlertQuery query{.state = static_cast<store::AlertState>(*state),
                                  .window = page->window,
                                  .filter = &std::get<store::Filter>(filter),
                                  .order = page->order,
                                  .limit = page->limit,
                                  .after = page->after};
    const auto found = store::query_alerts(*database, query);
    if (!found) return error_response(found.error());
    const auto groups = groups_of(*database, query, *grouping);
    if (!groups) return error_response(groups.error());
    return {.body = list_json(*found, *groups)};
}

void write_reasons(base::JsonWriter& json, const store::AlertDetail& detail) {
    json.key("reasons").begin_array();
    for (const store::StoredReason& row : detail.reasons) {
        const auto id = features::find_feature(row.feature);
        const features::Feature* feature = id ? &features::catalogue()[*id] : nullptr;
        json.begin_object().member("feature", row.feature).member("value", row.reason.value);
        json.member("contribution", double{row.reason.contribution});
        const double none = std::numeric_limits<double>::quiet_NaN();
        json.member("benign_low", row.reason.has_range ? double{row.reason.benign_low} : none);
        json.member("benign_high", row.reason.has_range ? double{row.reason.benign_high} : none);
        json.member("unit", feature ? feature->unit : "").member("definition", feature ? feature->definition : "");
        json.end_object();
    }
    json.end_array();
    json.key("loss").begin_object().member("received", detail.loss.received).member("dropped", detail.loss.dropped);
    json.end_object();
}

void write_course(base::JsonWriter& json, const store::AlertDetail& detail) {
    json.key("timeline").begin_array();
    for (std::size_t i = 0; i < detail.timeline.flows.size(); ++i) {
        const auto since = static_cast<std::int64_t>(i) * detail.timeline.step * base::kSecond;
        json.begin_object().member("time", rfc3339(detail.timeline.start + since));
        json.member("flows", std::uint64_t{detail.timeline.flows[i]}).end_object();
    }
    json.end_array().key("peers").begin_array();
    for (const store::Peer& peer : detail.peers)
        json.begin_object().member("address", to_string(peer.address)).member("flows", peer.flows).end_object();
    json.end_array();
}

void write_past(base::JsonWriter& json, const store::AlertDetail& detail) {
    json.key("similar").begin_array();
    for (const store::StoredAlert& alert : detail.similar) write_alert(json, alert);
    json.end_array().key("history").begin_array();
    for (const store::HistoryEntry& entry : detail.history) {
        json.begin_object().member("time", rfc3339(entry.time * base::kSecond)).member("user", entry.user);
        json.member("action", entry.action).member("detail", entry.detail).end_object();
    }
    json.end_array();
}

Response get_alert(const Request& request, Services& services) {
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const auto detail = store::alert_detail(*database, number_param_of(request, "number"));
    if (!detail) return error_response(detail.error());
    if (!*detail) return error_response(404, "there is no such alert");
    Response response;
    base::JsonWriter json(response.body);
    begin_alert(json, (*detail)->alert);
    json.member("community_id", output::community_id((*detail)->alert.flow));
    write_reasons(json, **detail);
    write_course(json, **detail);
    write_past(json, **detail);
    json.end_object();
    return response;
}

std::string eve_of(const store::AlertDetail& detail, bool is_live) {
    const store::StoredAlert& stored = detail.alert;
    const detect::ClassInfo info = detect::class_info(stored.label);
    std::vector<detect::Reason> reasons;
    for (const store::StoredReason& row : detail.reasons) reasons.push_back(row.reason);
    for (std::size_t i = 0; i < reasons.size(); ++i) reasons[i].name = detail.reasons[i].feature;
    const detect::Alert alert{.number = stored.number,
                              .flow = stored.flow,
                              .verdict = {.probability = static_cast<float>(stored.probability)},
                              .label = stored.label,
                              .is_unknown = stored.label == detect::kUnknownLabel,
                              .severity = stored.severity,
                              .technique = stored.technique,
                              .category = info.category,
                              .signature_id = info.signature_id,
                              .model_hash = stored.model_hash,
                              .capture = stored.capture,
                              .reasons = reasons,
                              .loss = detail.loss};
    return std::string(output::EveText(stored.capture, is_live).alert(alert));
}

/// The store does not tell files from interfaces; interfaces that there are, are.
bool is_interface(Services& services, const std::string& name) {
    const auto rows = services.control->interfaces();
    return rows && std::any_of(rows->begin(), rows->end(), [&](const InterfaceRow& row) { return row.name == name; });
}

Response get_alert_eve(const Request& request, Services& services) {
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const auto detail = store::alert_detail(*database, number_param_of(request, "number"));
    if (!detail) return error_response(detail.error());
    if (!*detail) return error_response(404, "there is no such alert");
    return {.body = eve_of(**detail, is_interface(services, (*detail)->alert.capture))};
}

/// A page of an alert's flows, and where the next begins: 0 where there is none.
base::Result<std::pair<std::vector<store::StoredFlow>, std::uint64_t>> flows_of(const Request& request,
                                                                                Services& services,
                                                                                std::int64_t otherwise) {
    const auto limit = number_of(request, "limit", otherwise, 1, kMostFlows);
    const auto after = number_of(request, "cursor", 0, 0, INT64_MAX);
    if (!limit || !after)
        return base::Error{"limit is 1 to 10000, cursor what the page before gave", base::ErrorKind::kUsage};
    auto database = open_store_of(services);
    if (!database) return database.error();
    auto flows = store::alert_flows(*database, number_param_of(request, "number"), static_cast<std::uint64_t>(*after),
                                    static_cast<std::uint64_t>(*limit));
    if (!flows) return flows.error();
    const bool is_full = flows->size() == static_cast<std::size_t>(*limit);
    const std::uint64_t next = is_full ? flows->back().id : 0;
    return std::pair(std::move(*flows), next);
}

Response get_alert_flows(const Request& request, Services& services) {
    const auto found = flows_of(request, services, 100);
    if (!found) return error_response(found.error());
    Response response{.content_type = "application/x-ndjson"};
    base::JsonWriter rows(response.body);
    rows.begin_object().key("rows").begin_array();
    for (const store::StoredFlow& flow : found->first) write_flow(rows, flow);
    rows.end_array().end_object();
    response.body += '\n';
    base::JsonWriter end(response.body);
    end.begin_object().member("end", true);
    write_text_or_null(end, "next", found->second ? std::to_string(found->second) : std::string());
    end.member("matched", std::uint64_t{found->first.size()}).end_object();
    response.body += '\n';
    return response;
}

Response get_alert_csv(const Request& request, Services& services) {
    const auto found = flows_of(request, services, kMostFlows);
    if (!found) return error_response(found.error());
    Response response{.content_type = "text/csv; charset=utf-8", .body = store::stored_flow_csv_header()};
    for (const store::StoredFlow& flow : found->first) store::append_csv(response.body, flow);
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"alert-flows.csv\"");
    return response;
}

Response post_actions(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const std::vector<std::uint64_t> numbers = body->numbers("numbers");
    const auto action = store::find_triage_action(body->text("action").value_or(""));
    const auto is_right = body->flag("is_right");
    const bool is_complete = action && (*action != store::TriageAction::kFeedback || is_right);
    if (numbers.empty() || !is_complete)
        return error_response(400,
                              "an action takes numbers of alerts, and action: archive, reopen, escalate, "
                              "deescalate, or feedback with is_right");
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const auto changed = store::triage(*database, numbers,
                                       {.action = *action,
                                        .user = request.user,
                                        .is_right = is_right.value_or(false),
                                        .label = body->text("label").value_or("")});
    if (!changed) return error_response(changed.error());
    Response response;
    base::JsonWriter(response.body).begin_object().member("changed", *changed).end_object();
    response.audit = std::string(store::to_string(*action)) + " of " + std::to_string(*changed) + " alerts, first " +
                     std::to_string(numbers.front());
    return response;
}

void write_mute(base::JsonWriter& json, const store::Mute& mute) {
    json.begin_object().member("id", mute.id);
    write_text_or_null(json, "class", mute.label.value_or(""));
    write_text_or_null(json, "source", mute.source ? to_string(*mute.source) : std::string());
    write_text_or_null(json, "target", mute.target ? to_string(*mute.target) : std::string());
    write_moment(json, "expires", mute.expires * base::kSecond);
    json.member("user", mute.user);
    write_moment(json, "created", mute.created * base::kSecond);
    json.member("alert", mute.alert).end_object();
}

Response get_mutes(const Request&, Services& services) {
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const auto mutes = store::list_mutes(*database, store::wall_clock_seconds());
    if (!mutes) return error_response(mutes.error());
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("mutes").begin_array();
    for (const store::Mute& mute : *mutes) write_mute(json, mute);
    json.end_array().end_object();
    return response;
}

Response post_mute(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const double alert = body->number("alert").value_or(0);
    const double seconds = body->number("expires_in").value_or(0);
    const bool is_bounded = alert >= 1 && alert < 1e15 && seconds >= 1 && seconds <= store::kLongestMute;
    if (!is_bounded)
        return error_response(400,
                              "a mute takes alert (its number), expires_in (seconds, at most a year), and which of "
                              "class, source and target count");
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const auto mute = store::add_mute(*database, {.alert = static_cast<std::uint64_t>(alert),
                                                  .label = body->flag("class").value_or(false),
                                                  .source = body->flag("source").value_or(false),
                                                  .target = body->flag("target").value_or(false),
                                                  .seconds = static_cast<std::int64_t>(seconds),
                                                  .user = request.user});
    if (!mute) return error_response(mute.error());
    Response response{.status = 201, .audit = "mute " + std::to_string(mute->id)};
    base::JsonWriter json(response.body);
    write_mute(json, *mute);
    return response;
}

Response delete_mute(const Request& request, Services& services) {
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const auto is_deleted = store::delete_mute(*database, number_param_of(request, "id"), request.user);
    if (!is_deleted) return error_response(is_deleted.error());
    if (!*is_deleted) return error_response(404, "there is no such mute");
    Response response = no_content();
    response.audit = "mute " + param_of(request, "id");
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/alerts",
     .least_role = Role::kViewer,
     .summary =
         "Alerts of a state that pass a filter, page by page, and how many there are by class, source or target.",
     .handler = get_alerts,
     .schema = "Alerts",
     .query = "state,from,to,filter,sort,limit,cursor,group"},
    {.method = Method::kGet,
     .pattern = "/api/alerts/{number}",
     .least_role = Role::kViewer,
     .summary = "An alert with reasons, timeline, peers, similar ones and history.",
     .handler = get_alert,
     .schema = "Alert"},
    {.method = Method::kGet,
     .pattern = "/api/alerts/{number}/flows",
     .least_role = Role::kViewer,
     .summary = "The flows of an alert, as /api/flows gives them.",
     .handler = get_alert_flows,
     .schema = "application/x-ndjson",
     .query = "limit,cursor"},
    {.method = Method::kGet,
     .pattern = "/api/alerts/{number}/flows.csv",
     .least_role = Role::kViewer,
     .summary = "The flows of an alert as CSV, at most 10,000.",
     .handler = get_alert_csv,
     .schema = "text/csv",
     .query = "limit,cursor"},
    {.method = Method::kGet,
     .pattern = "/api/alerts/{number}/eve",
     .least_role = Role::kViewer,
     .summary = "An alert as an event of Suricata's EVE; its flow began when the episode did.",
     .handler = get_alert_eve,
     .schema = "EveEvent"},
    {.method = Method::kPost,
     .pattern = "/api/alerts/actions",
     .least_role = Role::kAnalyst,
     .summary = "Archives, reopens, escalates or judges alerts.",
     .handler = post_actions,
     .schema = "Changed",
     .request_schema = "AlertAction",
     .body = Body::kJson,
     .body_limit = kActionLimit},
    {.method = Method::kGet,
     .pattern = "/api/mutes",
     .least_role = Role::kViewer,
     .summary = "Mutes that have not expired.",
     .handler = get_mutes,
     .schema = "Mutes"},
    {.method = Method::kPost,
     .pattern = "/api/mutes",
     .least_role = Role::kAnalyst,
     .summary = "Mutes what resembles an alert, for a while.",
     .handler = post_mute,
     .schema = "Mute",
     .request_schema = "NewMute",
     .body = Body::kJson,
     .status = 201},
    {.method = Method::kDelete,
     .pattern = "/api/mutes/{id}",
     .least_role = Role::kAnalyst,
     .summary = "Ends a mute.",
     .handler = delete_mute,
     .status = 204},
};

}  // namespace

std::span<const Route> alert_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
