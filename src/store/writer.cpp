#include "store/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "store/migrations.h"

namespace flowsift::store {
namespace {

constexpr std::chrono::milliseconds kAlertDelay{50};
constexpr std::chrono::milliseconds kFlowDelay{1000};
constexpr std::size_t kMostFlowsWaiting = 20'000;  // 10 MB; more are written at once.
constexpr std::size_t kMostAlertsWaiting = 10'000;
constexpr std::int64_t kExpiredAtOnce = 5'000;

std::int64_t wall_clock_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t as_number(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

std::string name_of(const features::FlowAttributes* attributes) {
    return attributes ? std::string(attributes->name.view()) : std::string();
}

void bind_ends(Statement& statement, const flow::FlowIdentity& flow) {
    statement.bind(flow.first);
    statement.bind(std::span<const std::uint8_t>(flow.source.bytes));
    statement.bind(std::span<const std::uint8_t>(flow.destination.bytes));
    for (const std::int64_t number :
         {std::int64_t{flow.source_port}, std::int64_t{flow.destination_port}, std::int64_t{flow.protocol},
          std::int64_t{flow.vlan}, std::int64_t{flow.tunnel_id}})
        statement.bind(number);
}

void bind_name(Statement& statement, const std::string& name) {
    name.empty() ? statement.bind_null() : statement.bind(std::string_view(name));
}

}  // namespace

struct Writer::FlowRecord {
    flow::FlowIdentity flow;
    bool has_verdict = false, is_novel = false;
    std::uint16_t class_index = 0;
    float probability = 0;
    std::string name;
};

struct Writer::AlertRecord {
    std::uint64_t number = 0;
    flow::FlowIdentity flow;
    float probability = 0;
    detect::Severity severity = detect::Severity::kMedium;
    std::string label, technique, model_hash, capture, name;
    std::uint64_t depth = 0;
    std::vector<std::uint8_t> values;  ///< As in the store.
};

struct Writer::EpisodeRecord {
    detect::Episode episode;  // Its views are dead; only numbers are read.
};

Writer::Writer(Database database, FileLock lock, const Retention& retention)
    : database_(std::move(database)), lock_(std::move(lock)), retention_(retention) {}

Writer::~Writer() = default;

base::Result<std::unique_ptr<Writer>> Writer::open(const std::string& path, std::span<const std::string> classes,
                                                   const Retention& retention, const std::optional<RowKind>& kind) {
    auto lock = FileLock::take(path);
    if (!lock) return lock.error();
    auto database = Database::open(path, Database::Access::kWrite);
    if (!database) return database.error();
    if (const auto migrated = migrate(*database); !migrated) return migrated.error();
    std::unique_ptr<Writer> writer(new Writer(std::move(*database), std::move(*lock), retention));
    if (const auto prepared = writer->prepare(classes, kind); !prepared) return prepared.error();
    return writer;
}

base::Result<void> Writer::prepare(std::span<const std::string> classes, const std::optional<RowKind>& kind) {
    const auto last = database_.number("SELECT max(number) FROM alerts");
    if (!last) return last.error();
    last_alert_ = static_cast<std::uint64_t>(*last);
    // Whoever wrote these was stopped before they had ended.
    if (auto closed = database_.execute("UPDATE alerts SET is_open = 0 WHERE is_open = 1"); !closed) return closed;
    for (const std::string& label : classes) {
        const auto row = row_with("labels", "label", label);
        if (!row) return row.error();
        label_rows_.push_back(*row);
    }
    if (kind) {
        const auto row = row_with("row_kinds", "kind", to_text(*kind));
        if (!row) return row.error();
        kind_row_ = *row;
    }
    return prepare_statements();
}

base::Result<void> Writer::prepare_statements() {
    const auto prepare_into = [this](Statement& statement, std::string_view sql) -> base::Result<void> {
        auto prepared = database_.prepare(sql);
        if (!prepared) return prepared.error();
        statement = std::move(*prepared);
        return {};
    };
    if (auto done = prepare_into(insert_flow_, R"(
            INSERT INTO flows (first, source, destination, source_port, destination_port, protocol, vlan, tunnel,
                stored, last, forward_packets, backward_packets, forward_bytes, backward_bytes, end_reason, is_novel,
                label, probability, name)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
        !done)
        return done;
    if (auto done = prepare_into(insert_alert_, R"(
            INSERT INTO alerts (first, source, destination, source_port, destination_port, protocol, vlan, tunnel,
                number, stored, time, probability, severity, label, technique, model_hash, capture, name, last_seen,
                packets, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
        !done)
        return done;
    if (auto done = prepare_into(
            insert_values_, "INSERT OR REPLACE INTO alert_rows (alert, kind, depth, features) VALUES (?, ?, ?, ?)");
        !done)
        return done;
    return prepare_into(update_alert_, R"(
            UPDATE alerts SET first = ?, last_seen = ?, flows = ?, packets = ?, bytes = ?, sources = ?, targets = ?,
                probability = ?, is_open = ? WHERE number = ?)");
}

/// The id of the row of `table` whose `column` holds `text`; made where there is none.
base::Result<std::int64_t> Writer::row_with(const char* table, const char* column, const std::string& text) {
    auto insert = database_.prepare(fmt::format("INSERT OR IGNORE INTO {} ({}) VALUES (?)", table, column));
    if (!insert) return insert.error();
    if (auto done = insert->bind(std::string_view(text)).run(); !done) return done.error();
    auto find = database_.prepare(fmt::format("SELECT id FROM {} WHERE {} = ?", table, column));
    if (!find) return find.error();
    const auto found = find->bind(std::string_view(text)).step();
    if (!found) return found.error();
    return find->number(0);
}

void Writer::add_flow(const flow::FlowIdentity& flow, const features::FlowAttributes* attributes,
                      const detect::Verdict* verdict) {
    FlowRecord& record = flows_.emplace_back();
    record.flow = flow;
    record.name = name_of(attributes);
    record.has_verdict = verdict != nullptr;
    if (verdict) {
        record.is_novel = verdict->is_novel;
        record.class_index = verdict->class_index;
        record.probability = verdict->probability;
    }
    if (flows_.size() >= kMostFlowsWaiting) write_out();
}

void Writer::add_alert(const detect::Alert& alert) {
    if (alerts_.size() >= kMostAlertsWaiting) {
        lost_alerts_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    alerts_.push_back({.number = alert.number,
                       .flow = alert.flow,
                       .probability = alert.verdict.probability,
                       .severity = alert.severity,
                       .label = std::string(alert.label),
                       .technique = std::string(alert.technique),
                       .model_hash = std::string(alert.model_hash),
                       .capture = std::string(alert.capture),
                       .name = name_of(alert.attributes),
                       .depth = alert.depth,
                       .values = kind_row_ != 0 ? values_to_bytes(alert.values) : std::vector<std::uint8_t>()});
}

void Writer::add_episode(const detect::Episode& episode) {
    const auto same = [&](const EpisodeRecord& record) { return record.episode.number == episode.number; };
    const auto waiting = std::find_if(episodes_.begin(), episodes_.end(), same);
    if (waiting != episodes_.end())
        waiting->episode = episode;  // The later word says all that the earlier did.
    else
        episodes_.push_back({episode});
}

void Writer::tend() {
    const auto waited = Clock::now() - written_;
    if (waited >= kFlowDelay || (waited >= kAlertDelay && !alerts_.empty())) write_out();
}

void Writer::write_out() {
    written_ = Clock::now();
    base::Result<void> done = write_all();
    if (done) done = expire();
    if (!done) lose(done.error());
}

base::Result<void> Writer::write_all() {
    if (flows_.empty() && alerts_.empty() && episodes_.empty()) return {};
    if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
    for (const AlertRecord& alert : alerts_)
        if (auto written = write_alert(alert); !written) return written;
    for (const EpisodeRecord& episode : episodes_)
        if (auto written = write_episode(episode); !written) return written;
    for (const FlowRecord& flow : flows_)
        if (auto written = write_flow(flow); !written) return written;
    if (auto committed = database_.execute("COMMIT"); !committed) return committed;
    if (!alerts_.empty()) settled_alert_.store(alerts_.back().number, std::memory_order_release);
    flows_.clear();
    alerts_.clear();
    episodes_.clear();
    return {};
}

base::Result<void> Writer::write_flow(const FlowRecord& record) {
    const flow::FlowIdentity& flow = record.flow;
    bind_ends(insert_flow_, flow);
    insert_flow_.bind(wall_clock_seconds()).bind(flow.last);
    for (const std::uint64_t count :
         {flow.forward_packets, flow.backward_packets, flow.forward_wire_bytes, flow.backward_wire_bytes})
        insert_flow_.bind(as_number(count));
    insert_flow_.bind(static_cast<std::int64_t>(flow.end_reason)).bind(std::int64_t{record.is_novel});
    if (record.has_verdict && record.class_index < label_rows_.size())
        insert_flow_.bind(label_rows_[record.class_index]).bind(double{record.probability});
    else
        insert_flow_.bind_null().bind_null();
    bind_name(insert_flow_, record.name);
    return insert_flow_.run();
}

base::Result<void> Writer::write_alert(const AlertRecord& record) {
    const flow::FlowIdentity& flow = record.flow;
    bind_ends(insert_alert_, flow);
    insert_alert_.bind(as_number(record.number)).bind(wall_clock_seconds()).bind(flow.last);
    insert_alert_.bind(double{record.probability}).bind(static_cast<std::int64_t>(record.severity));
    for (const std::string* text : {&record.label, &record.technique, &record.model_hash, &record.capture})
        insert_alert_.bind(std::string_view(*text));
    bind_name(insert_alert_, record.name);
    insert_alert_.bind(flow.last).bind(as_number(flow.forward_packets + flow.backward_packets));
    insert_alert_.bind(as_number(flow.forward_wire_bytes + flow.backward_wire_bytes));
    if (auto written = insert_alert_.run(); !written) return written;
    return record.values.empty() ? base::Result<void>() : write_values(record);
}

base::Result<void> Writer::write_values(const AlertRecord& record) {
    insert_values_.bind(as_number(record.number)).bind(kind_row_).bind(as_number(record.depth));
    return insert_values_.bind(std::span<const std::uint8_t>(record.values)).run();
}

base::Result<void> Writer::write_episode(const EpisodeRecord& record) {
    const detect::Episode& episode = record.episode;
    update_alert_.bind(episode.first_seen).bind(episode.last_seen);
    for (const std::uint64_t count : {episode.flows, episode.packets, episode.bytes, std::uint64_t{episode.sources},
                                      std::uint64_t{episode.targets}})
        update_alert_.bind(as_number(count));
    update_alert_.bind(double{episode.probability}).bind(std::int64_t{episode.is_open});
    return update_alert_.bind(as_number(episode.number)).run();
}

/// The transaction did not come about: its flows are lost, its alerts wait for the next, but nobody waits for them.
void Writer::lose(const base::Error& reason) {
    if (database_.is_in_transaction()) static_cast<void>(database_.execute("ROLLBACK").ok());
    if (first_failure_.empty()) first_failure_ = reason.message;
    lost_flows_.fetch_add(flows_.size(), std::memory_order_relaxed);
    flows_.clear();
    if (!alerts_.empty()) settled_alert_.store(alerts_.back().number, std::memory_order_release);
}

/// One small transaction for each thousands of flows that are too old or too many.
base::Result<void> Writer::expire() {
    std::int64_t oldest = 0;
    for (std::size_t round = 0; round < kMostFlowsWaiting / kExpiredAtOnce * 2; ++round) {
        const auto expired = has_expired(oldest);
        if (!expired) return expired.error();
        if (!*expired) return {};
        const std::string sql = fmt::format("DELETE FROM flows WHERE id < {}", oldest + kExpiredAtOnce);
        if (auto deleted = database_.execute(sql.c_str()); !deleted) return deleted;
    }
    return {};
}

/// Whether the oldest flow, whose row is set, has to go.
base::Result<bool> Writer::has_expired(std::int64_t& oldest) {
    auto first = database_.prepare("SELECT id, stored FROM flows ORDER BY id LIMIT 1");
    if (!first) return first.error();
    const auto found = first->step();
    if (!found) return found.error();
    if (!*found) return false;
    oldest = first->number(0);
    if (first->number(1) < wall_clock_seconds() - retention_.most_age.count()) return true;
    const auto pages = database_.number(
        "SELECT (SELECT page_count FROM pragma_page_count()) - "
        "(SELECT freelist_count FROM pragma_freelist_count())");
    if (!pages) return pages.error();
    const auto page_bytes = database_.number("PRAGMA page_size");
    if (!page_bytes) return page_bytes.error();
    return static_cast<std::uint64_t>(*pages * *page_bytes) > retention_.most_bytes;
}

base::Result<void> Writer::finish() {
    write_out();
    lost_alerts_.fetch_add(alerts_.size(), std::memory_order_relaxed);
    alerts_.clear();
    if (first_failure_.empty()) return {};
    return base::Error{fmt::format("{}; {} flows and {} alerts are missing in the store", first_failure_,
                                   lost_flows_.load(), lost_alerts_.load())};
}

}  // namespace flowsift::store
