#include "store/feedback_list.h"

#include "store/row_kind.h"

namespace flowsift::store {
namespace {

base::IpAddress address_of(std::span<const std::uint8_t> bytes) {
    return bytes.size() == 16 ? base::IpAddress::from_v6(bytes.first<16>()) : base::IpAddress{};
}

JudgedAlert feedback_at(const Statement& row) {
    JudgedAlert feedback{.alert = static_cast<std::uint64_t>(row.number(0)),
                         .is_right = row.number(1) != 0,
                         .alert_label = std::string(row.text(2)),
                         .label = std::string(row.text(3)),
                         .flow = {},
                         .kind = std::string(row.text(10)),
                         .depth = static_cast<std::uint64_t>(row.number(11)),
                         .values = values_of_bytes(row.blob(12))};
    feedback.flow.source = address_of(row.blob(4));
    feedback.flow.destination = address_of(row.blob(5));
    feedback.flow.source_port = static_cast<std::uint16_t>(row.number(6));
    feedback.flow.destination_port = static_cast<std::uint16_t>(row.number(7));
    feedback.flow.protocol = static_cast<std::uint8_t>(row.number(8));
    feedback.flow.first = row.number(9);
    return feedback;
}

}  // namespace

base::Result<std::vector<JudgedAlert>> list_feedback(Database& store) {
    auto rows = store.prepare(R"(
        SELECT number, is_right, alerts.label, coalesce(feedback.label, ''), source, destination, source_port,
            destination_port, protocol, first, coalesce(row_kinds.kind, ''), coalesce(depth, 0), features
        FROM feedback JOIN alerts ON alerts.number = feedback.alert
            LEFT JOIN alert_rows ON alert_rows.alert = alerts.number
            LEFT JOIN row_kinds ON row_kinds.id = alert_rows.kind
        WHERE feedback.id = (SELECT max(id) FROM feedback AS later WHERE later.alert = alerts.number)
        ORDER BY number)");
    if (!rows) return rows.error();
    std::vector<JudgedAlert> all;
    for (;;) {
        const auto found = rows->step();
        if (!found) return store.error("cannot read the store");
        if (!*found) return all;
        all.push_back(feedback_at(*rows));
    }
}

}  // namespace flowsift::store
