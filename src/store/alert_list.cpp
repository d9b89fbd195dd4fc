#include "store/alert_list.h"

#include <fmt/format.h>

#include <chrono>

#include "store/migrations.h"

namespace flowsift::store {
namespace {

base::IpAddress address_of(std::span<const std::uint8_t> bytes) {
    return bytes.size() == 16 ? base::IpAddress::from_v6(bytes.first<16>()) : base::IpAddress{};
}

StoredAlert alert_at(const Statement& row) {
    StoredAlert alert{.number = static_cast<std::uint64_t>(row.number(0)),
                      .first = row.number(1),
                      .last = row.number(2),
                      .severity = static_cast<detect::Severity>(row.number(3)),
                      .label = std::string(row.text(4)),
                      .probability = row.real(5),
                      .source = address_of(row.blob(6)),
                      .destination = address_of(row.blob(7)),
                      .source_port = static_cast<std::uint16_t>(row.number(8)),
                      .destination_port = static_cast<std::uint16_t>(row.number(9)),
                      .protocol = static_cast<std::uint8_t>(row.number(10)),
                      .flows = static_cast<std::uint64_t>(row.number(11))};
    if (const std::int64_t word = row.number(12); word >= 0) alert.is_right = word != 0;
    alert.right_label = row.text(13);
    return alert;
}

}  // namespace

base::Result<Database> open_store(const std::string& path) {
    auto store = Database::open(path, Database::Access::kRead);
    if (!store) return store.error();
    if (const auto migrated = migrate(*store); !migrated) return migrated.error();
    return store;
}

base::Result<std::vector<StoredAlert>> list_alerts(Database& store, std::uint64_t most) {
    auto rows = store.prepare(R"(
        SELECT number, first, last_seen, severity, alerts.label, probability, source, destination, source_port,
            destination_port, protocol, flows, coalesce(is_right, -1), feedback.label
        FROM alerts LEFT JOIN feedback
            ON feedback.id = (SELECT max(id) FROM feedback WHERE feedback.alert = alerts.number)
        ORDER BY number DESC LIMIT ?)");
    if (!rows) return rows.error();
    rows->bind(static_cast<std::int64_t>(most));
    std::vector<StoredAlert> alerts;
    for (;;) {
        const auto found = rows->step();
        if (!found) return store.error("cannot read the store");
        if (!*found) return alerts;
        alerts.push_back(alert_at(*rows));
    }
}

base::Result<void> add_feedback(Database& store, std::uint64_t alert, bool is_right, const std::string& label) {
    const auto known = store.number(fmt::format("SELECT count(*) FROM alerts WHERE number = {}", alert));
    if (!known) return known.error();
    if (*known == 0)
        return base::Error{fmt::format("{} has no alert {}; `flowsift alerts --store {}` lists them", store.path(),
                                       alert, store.path())};
    auto insert = store.prepare("INSERT INTO feedback (alert, stored, is_right, label) VALUES (?, ?, ?, ?)");
    if (!insert) return insert.error();
    using namespace std::chrono;
    insert->bind(static_cast<std::int64_t>(alert));
    insert->bind(std::int64_t{duration_cast<seconds>(system_clock::now().time_since_epoch()).count()});
    insert->bind(std::int64_t{is_right});
    label.empty() ? insert->bind_null() : insert->bind(std::string_view(label));
    if (!insert->run()) return store.error("cannot write to the store");
    return {};
}

}  // namespace flowsift::store
