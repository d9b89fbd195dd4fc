#include "store/alert_query.h"

#include <fmt/format.h>

namespace flowsift::store {
namespace {

constexpr SortKey kKeys[] = {
    {"time", "alerts.time"},       {"first", "alerts.first"},
    {"last", "alerts.last_seen"},  {"severity", "alerts.severity"},
    {"flows", "alerts.flows"},     {"packets", "alerts.packets"},
    {"bytes", "alerts.bytes"},     {"probability", "alerts.probability", true},
    {"sources", "alerts.sources"}, {"targets", "alerts.targets"},
    {"number", "alerts.number"},
};

constexpr std::string_view kSelect = R"(
    SELECT number, time, first, last_seen, source, destination, source_port, destination_port, protocol, vlan, tunnel,
        icmp_type, icmp_code, application, name, severity, alerts.label, technique, model_hash, capture, probability,
        flows, packets, bytes, sources, targets, is_open, is_archived, is_escalated, is_right, feedback.label,
        feedback.user, feedback.stored
    FROM alerts LEFT JOIN feedback
        ON feedback.id = (SELECT max(id) FROM feedback WHERE feedback.alert = alerts.number)
    WHERE number = ?)";

base::IpAddress address_of(std::span<const std::uint8_t> bytes) {
    return bytes.size() == 16 ? base::IpAddress::from_v6(bytes.first<16>()) : base::IpAddress{};
}

flow::FlowIdentity flow_at(const Statement& row) {
    flow::FlowIdentity flow;
    flow.first = row.number(2);
    flow.last = row.number(3);
    flow.source = address_of(row.blob(4));
    flow.destination = address_of(row.blob(5));
    flow.source_port = static_cast<std::uint16_t>(row.number(6));
    flow.destination_port = static_cast<std::uint16_t>(row.number(7));
    flow.protocol = static_cast<std::uint8_t>(row.number(8));
    flow.vlan = static_cast<std::uint32_t>(row.number(9));
    flow.tunnel_id = static_cast<std::uint32_t>(row.number(10));
    flow.icmp_type = static_cast<std::int16_t>(row.number(11));
    flow.icmp_code = static_cast<std::int16_t>(row.number(12));
    return flow;
}

detect::Severity severity_of(std::int64_t number) {
    return number >= 1 && number <= 3 ? static_cast<detect::Severity>(number) : detect::Severity::kMedium;
}

StoredAlert alert_at(const Statement& row) {
    const std::int64_t application = row.number(13);
    StoredAlert alert{
        .number = static_cast<std::uint64_t>(row.number(0)),
        .time = row.number(1),
        .flow = flow_at(row),
        .application = static_cast<features::Application>(application >= 0 && application < 5 ? application : 0),
        .name = std::string(row.text(14)),
        .severity = severity_of(row.number(15)),
        .label = std::string(row.text(16)),
        .technique = std::string(row.text(17)),
        .model_hash = std::string(row.text(18)),
        .capture = std::string(row.text(19)),
        .probability = row.real(20)};
    std::uint64_t* const counts[] = {&alert.flows, &alert.packets, &alert.bytes, &alert.sources, &alert.targets};
    for (int i = 0; i < 5; ++i) *counts[i] = static_cast<std::uint64_t>(row.number(21 + i));
    alert.is_open = row.number(26) != 0;
    alert.is_archived = row.number(27) != 0;
    alert.is_escalated = row.number(28) != 0;
    if (!row.is_null(29))
        alert.feedback = {row.number(29) != 0, std::string(row.text(30)), std::string(row.text(31)), row.number(32)};
    return alert;
}

bool is_bounded(const TimeWindow& window) {
    return window.from != INT64_MIN || window.to != INT64_MAX;
}

/// A window that leaves nothing out is not stated: it would keep the planner from the index that sorts. `by_state`: an
/// index on the state helps; else (a '+' before the column) most rows are read anyway, and in their order is quicker.
std::string condition(const AlertQuery& query, bool by_state) {
    std::string text = is_bounded(query.window) ? "WHERE alerts.time >= ? AND alerts.time < ?" : "WHERE 1";
    if (query.state != AlertState::kAll)
        text += fmt::format(" AND {}alerts.is_archived = {}", by_state ? "" : "+",
                            query.state == AlertState::kArchived ? 1 : 0);
    if (query.filter) text += query.filter->and_where();
    return text;
}

void bind(Statement& statement, const AlertQuery& query) {
    if (is_bounded(query.window)) statement.bind(query.window.from).bind(query.window.to);
    if (query.filter) query.filter->bind(statement);
}

/// Together with the state; see migrations.cpp.
bool is_indexed(const SortKey& key) {
    return key.name == "time" || key.name == "severity";
}

base::Result<std::uint64_t> count(Database& store, const AlertQuery& query) {
    auto rows =
        store.prepare("SELECT count(*) FROM alerts " + condition(query, !query.filter || query.filter->is_empty()));
    if (!rows) return rows.error();
    bind(*rows, query);
    const auto found = rows->step();
    if (!found) return found.error();
    return static_cast<std::uint64_t>(rows->number(0));
}

}  // namespace

std::span<const SortKey> alert_sort_keys() {
    return kKeys;
}

base::Result<AlertPage> query_alerts(Database& store, const AlertQuery& query) {
    AlertPage page;
    const auto total = count(store, query);
    if (!total) return total.error();
    page.total = *total;
    // Sorted by number alone, so that rows and analysts' words are only read of those that are shown.
    auto rows =
        store.prepare(fmt::format("SELECT alerts.number, {0} FROM alerts {1}{2} "
                                  "ORDER BY {0} {3}, alerts.number {3} LIMIT ?",
                                  query.order.key->sql, condition(query, is_indexed(*query.order.key)),
                                  after_cursor(query.after, query.order, "alerts.number"), query.order.direction()));
    if (!rows) return rows.error();
    bind(*rows, query);
    if (query.after) query.after->bind(*rows);
    rows->bind(static_cast<std::int64_t>(std::min<std::uint64_t>(query.limit, INT64_MAX)));
    std::vector<std::uint64_t> numbers;
    Cursor last;
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) break;
        numbers.push_back(static_cast<std::uint64_t>(rows->number(0)));
        last.id = rows->number(0);
        if (query.order.key->is_real)
            last.key = rows->real(1);
        else
            last.key = rows->number(1);
    }
    if (!numbers.empty() && numbers.size() == query.limit) page.next = last;
    auto alerts = find_alerts(store, numbers);
    if (!alerts) return alerts.error();
    page.alerts = std::move(*alerts);
    return page;
}

base::Result<std::vector<AlertGroup>> group_alerts(Database& store, const AlertQuery& query, AlertGrouping grouping,
                                                   std::uint64_t most) {
    constexpr std::string_view kGroupKeys[] = {"label", "source", "destination"};
    auto rows =
        store.prepare(fmt::format("SELECT alerts.{0}, count(*), max(alerts.time) FROM alerts {1} "
                                  "GROUP BY alerts.{0} ORDER BY 2 DESC, 1 LIMIT ?",
                                  kGroupKeys[static_cast<std::size_t>(grouping)], condition(query, false)));
    if (!rows) return rows.error();
    bind(*rows, query);
    rows->bind(static_cast<std::int64_t>(most));
    std::vector<AlertGroup> groups;
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return groups;
        groups.push_back(
            {grouping == AlertGrouping::kClass ? std::string(rows->text(0)) : to_string(address_of(rows->blob(0))),
             static_cast<std::uint64_t>(rows->number(1)), rows->number(2)});
    }
}

base::Result<std::vector<StoredAlert>> find_alerts(Database& store, std::span<const std::uint64_t> numbers) {
    auto row = store.prepare(kSelect);
    if (!row) return row.error();
    std::vector<StoredAlert> alerts;
    for (const std::uint64_t number : numbers) {
        const auto found = row->bind(static_cast<std::int64_t>(number)).step();
        if (!found) return found.error();
        if (*found) alerts.push_back(alert_at(*row));
        row->reset();
    }
    return alerts;
}

base::Result<std::optional<StoredAlert>> find_alert(Database& store, std::uint64_t number) {
    auto alerts = find_alerts(store, std::span(&number, 1));
    if (!alerts) return alerts.error();
    if (alerts->empty()) return std::optional<StoredAlert>();
    return std::optional(std::move(alerts->front()));
}

}  // namespace flowsift::store
