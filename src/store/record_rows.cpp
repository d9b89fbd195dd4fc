#include "store/record_rows.h"

#include <fmt/format.h>

#include <utility>

namespace flowsift::store {
namespace {

constexpr std::string_view kInsertFlow = R"(
    INSERT INTO flows (first, source, destination, source_port, destination_port, protocol, vlan, tunnel, icmp_type,
        icmp_code, stored, last, forward_packets, backward_packets, forward_bytes, backward_bytes, end_reason, is_novel,
        application, alert, label, probability, name)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";

constexpr std::string_view kInsertAlert = R"(
    INSERT INTO alerts (first, source, destination, source_port, destination_port, protocol, vlan, tunnel, icmp_type,
        icmp_code, number, stored, time, probability, severity, label, technique, model_hash, capture, name, application,
        received, dropped, last_seen, packets, bytes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";

constexpr std::string_view kUpdateAlert = R"(
    UPDATE alerts SET first = ?, last_seen = ?, flows = ?, packets = ?, bytes = ?, sources = ?, targets = ?,
        probability = ?, is_open = ? WHERE number = ?)";

constexpr std::string_view kInsertReason = R"(
    INSERT OR REPLACE INTO alert_reasons (alert, place, feature, value, contribution, benign_low, benign_high)
    VALUES (?, ?, ?, ?, ?, ?, ?))";

std::int64_t as_number(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

void bind_ends(Statement& statement, const flow::FlowIdentity& flow) {
    statement.bind(flow.first);
    statement.bind(std::span<const std::uint8_t>(flow.source.bytes));
    statement.bind(std::span<const std::uint8_t>(flow.destination.bytes));
    for (const std::int64_t number :
         {std::int64_t{flow.source_port}, std::int64_t{flow.destination_port}, std::int64_t{flow.protocol},
          std::int64_t{flow.vlan}, std::int64_t{flow.tunnel_id}, std::int64_t{flow.icmp_type},
          std::int64_t{flow.icmp_code}})
        statement.bind(number);
}

void bind_name(Statement& statement, const std::string& name) {
    name.empty() ? statement.bind_null() : statement.bind(std::string_view(name));
}

}  // namespace

base::Result<void> RecordRows::prepare(std::span<const std::string> classes, const KeptRows& kept) {
    for (const std::string& label : classes) {
        const auto row = row_of("labels", "label", label);
        if (!row) return row.error();
        label_rows_.push_back(*row);
    }
    if (kept.flows) {
        std::string names;
        for (std::size_t i = 0; i < kept.flows->size(); ++i)
            names += (i > 0 ? "\n" : "") + std::string(kept.flows->feature(i).name);
        const auto row = row_of("schemas", "features", names);
        if (!row) return row.error();
        schema_row_ = *row;
    }
    if (kept.alerts) {
        const auto row = row_of("row_kinds", "kind", to_text(*kept.alerts));
        if (!row) return row.error();
        kind_row_ = *row;
    }
    return prepare_statements();
}

base::Result<void> RecordRows::prepare_statements() {
    const std::pair<Statement*, std::string_view> statements[] = {
        {&insert_flow_, kInsertFlow},
        {&insert_features_, "INSERT INTO flow_features (flow, schema, row) VALUES (?, ?, ?)"},
        {&insert_alert_, kInsertAlert},
        {&insert_values_, "INSERT OR REPLACE INTO alert_rows (alert, kind, depth, features) VALUES (?, ?, ?, ?)"},
        {&insert_reason_, kInsertReason},
        {&update_alert_, kUpdateAlert}};
    for (const auto& [statement, sql] : statements) {
        auto prepared = database_.prepare(sql);
        if (!prepared) return prepared.error();
        *statement = std::move(*prepared);
    }
    return {};
}

/// Of a table of names, added where it is missing.
base::Result<std::int64_t> RecordRows::row_of(const char* table, const char* column, const std::string& text) {
    auto insert = database_.prepare(fmt::format("INSERT OR IGNORE INTO {} ({}) VALUES (?)", table, column));
    if (!insert) return insert.error();
    if (auto done = insert->bind(std::string_view(text)).run(); !done) return done.error();
    auto find = database_.prepare(fmt::format("SELECT id FROM {} WHERE {} = ?", table, column));
    if (!find) return find.error();
    const auto found = find->bind(std::string_view(text)).step();
    if (!found) return found.error();
    return find->number(0);
}

std::int64_t RecordRows::label_row(const FlowRecord& record) const {
    return record.has_verdict && record.class_index < label_rows_.size() ? label_rows_[record.class_index] : 0;
}

base::Result<void> RecordRows::write(const FlowRecord& record, std::span<const float> values, std::int64_t now) {
    const flow::FlowIdentity& flow = record.flow;
    bind_ends(insert_flow_, flow);
    insert_flow_.bind(now).bind(flow.last);
    for (const std::uint64_t count :
         {flow.forward_packets, flow.backward_packets, flow.forward_wire_bytes, flow.backward_wire_bytes})
        insert_flow_.bind(as_number(count));
    insert_flow_.bind(static_cast<std::int64_t>(flow.end_reason)).bind(std::int64_t{record.is_novel});
    insert_flow_.bind(static_cast<std::int64_t>(record.application));
    record.alert == 0 ? insert_flow_.bind_null() : insert_flow_.bind(as_number(record.alert));
    if (const std::int64_t label = label_row(record); label != 0)
        insert_flow_.bind(label).bind(double{record.probability});
    else
        insert_flow_.bind_null().bind_null();
    bind_name(insert_flow_, record.name);
    if (auto written = insert_flow_.run(); !written) return written;
    if (values.empty()) return {};
    const std::span<const std::uint8_t> row(reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes());
    return insert_features_.bind(database_.last_row()).bind(schema_row_).bind(row).run();
}

base::Result<void> RecordRows::write(const AlertRecord& record, std::int64_t now) {
    const flow::FlowIdentity& flow = record.flow;
    bind_ends(insert_alert_, flow);
    insert_alert_.bind(as_number(record.number)).bind(now).bind(flow.last);
    insert_alert_.bind(double{record.probability}).bind(static_cast<std::int64_t>(record.severity));
    for (const std::string* text : {&record.label, &record.technique, &record.model_hash, &record.capture})
        insert_alert_.bind(std::string_view(*text));
    bind_name(insert_alert_, record.name);
    insert_alert_.bind(static_cast<std::int64_t>(record.application));
    insert_alert_.bind(as_number(record.loss.received)).bind(as_number(record.loss.dropped));
    insert_alert_.bind(flow.last).bind(as_number(flow.forward_packets + flow.backward_packets));
    insert_alert_.bind(as_number(flow.forward_wire_bytes + flow.backward_wire_bytes));
    if (auto written = insert_alert_.run(); !written) return written;
    if (auto written = write_reasons(record); !written) return written;
    if (record.values.empty()) return {};
    insert_values_.bind(as_number(record.number)).bind(kind_row_).bind(as_number(record.depth));
    return insert_values_.bind(std::span<const std::uint8_t>(record.values)).run();
}

base::Result<void> RecordRows::write_reasons(const AlertRecord& record) {
    for (std::size_t i = 0; i < record.reasons.size(); ++i) {
        const detect::Reason& reason = record.reasons[i].reason;
        insert_reason_.bind(as_number(record.number)).bind(as_number(i));
        insert_reason_.bind(std::string_view(record.reasons[i].feature)).bind(reason.value);
        insert_reason_.bind(double{reason.contribution});
        if (reason.has_range)
            insert_reason_.bind(double{reason.benign_low}).bind(double{reason.benign_high});
        else
            insert_reason_.bind_null().bind_null();
        if (auto written = insert_reason_.run(); !written) return written;
    }
    return {};
}

base::Result<void> RecordRows::write(const detect::Episode& episode) {
    update_alert_.bind(episode.first_seen).bind(episode.last_seen);
    for (const std::uint64_t count : {episode.flows, episode.packets, episode.bytes, std::uint64_t{episode.sources},
                                      std::uint64_t{episode.targets}})
        update_alert_.bind(as_number(count));
    update_alert_.bind(double{episode.probability}).bind(std::int64_t{episode.is_open});
    return update_alert_.bind(as_number(episode.number)).run();
}

}  // namespace flowsift::store
