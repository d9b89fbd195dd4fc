#include "store/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/migrations.h"
#include "store/open_store.h"

namespace flowsift::store {
namespace {

constexpr std::chrono::milliseconds kAlertDelay{50};
constexpr std::chrono::milliseconds kFlowDelay{1000};
constexpr std::size_t kMostFlowsWaiting = 20'000;  // 10 MB; more are written at once.
constexpr std::size_t kMostAlertsWaiting = 10'000;
constexpr std::int64_t kExpiredAtOnce = 5'000;

std::string name_of(const features::FlowAttributes* attributes) {
    return attributes ? std::string(attributes->name.view()) : std::string();
}

features::Application application_of(const features::FlowAttributes* attributes) {
    return attributes ? attributes->application : features::Application::kNone;
}

}  // namespace

struct Writer::EpisodeRecord {
    detect::Episode episode;  // Its views are dead; only numbers are read.
};

Writer::Writer(Database database, FileLock lock, const Retention& retention)
    : database_(std::move(database)), lock_(std::move(lock)), retention_(retention) {}

Writer::~Writer() = default;

base::Result<std::unique_ptr<Writer>> Writer::open(const std::string& path, std::span<const std::string> classes,
                                                   const Retention& retention, const KeptRows& kept) {
    auto lock = FileLock::take(path);
    if (!lock) return lock.error();
    auto database = Database::open(path, Database::Access::kWrite);
    if (!database) return database.error();
    if (const auto migrated = migrate(*database); !migrated) return migrated.error();
    std::unique_ptr<Writer> writer(new Writer(std::move(*database), std::move(*lock), retention));
    if (const auto prepared = writer->prepare(classes, kept); !prepared) return prepared.error();
    return writer;
}

base::Result<void> Writer::prepare(std::span<const std::string> classes, const KeptRows& kept) {
    const auto last = database_.number("SELECT max(number) FROM alerts");
    if (!last) return last.error();
    last_alert_ = static_cast<std::uint64_t>(*last);
    // Whoever wrote these was stopped before they had ended.
    if (auto closed = database_.execute("UPDATE alerts SET is_open = 0 WHERE is_open = 1"); !closed) return closed;
    if (kept.flows) row_size_ = kept.flows->size();
    keeps_alert_values_ = kept.alerts.has_value();
    if (auto done = rows_.prepare(classes, kept); !done) return done;
    if (auto done = rollups_.prepare(); !done) return done;
    return tracks_.prepare();
}

void Writer::add_flow(const flow::FlowIdentity& flow, const features::FlowAttributes* attributes,
                      const detect::Verdict* verdict, std::span<const double> values) {
    FlowRecord& record = flows_.emplace_back();
    record.flow = flow;
    record.name = name_of(attributes);
    record.application = application_of(attributes);
    record.has_verdict = verdict != nullptr;
    if (verdict) {
        record.is_novel = verdict->is_novel;
        record.class_index = verdict->class_index;
        record.probability = verdict->probability;
        record.alert = verdict->alert;
    }
    for (std::size_t i = 0; i < row_size_; ++i) values_.push_back(static_cast<float>(values[i]));
    if (flows_.size() >= kMostFlowsWaiting) write_out();
}

void Writer::add_alert(const detect::Alert& alert) {
    if (alerts_.size() >= kMostAlertsWaiting) {
        lost_alerts_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    AlertRecord record{.number = alert.number,
                       .flow = alert.flow,
                       .probability = alert.verdict.probability,
                       .severity = alert.severity,
                       .label = std::string(alert.label),
                       .technique = std::string(alert.technique),
                       .model_hash = std::string(alert.model_hash),
                       .capture = std::string(alert.capture),
                       .name = name_of(alert.attributes),
                       .application = application_of(alert.attributes),
                       .loss = alert.loss,
                       .reasons = {},
                       .depth = alert.depth,
                       .values = {}};
    if (keeps_alert_values_) record.values = values_to_bytes(alert.values);
    for (const detect::Reason& reason : alert.reasons) record.reasons.push_back({std::string(reason.name), reason});
    alerts_.push_back(std::move(record));
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
    const std::int64_t now = wall_clock_seconds();
    for (const AlertRecord& alert : alerts_) {
        if (auto written = rows_.write(alert, now); !written) return written;
        rollups_.count_alert(alert.severity, alert.flow.last);
    }
    for (const EpisodeRecord& record : episodes_)
        if (auto written = rows_.write(record.episode); !written) return written;
    if (auto written = write_flows(now); !written) return written;
    if (auto written = rollups_.write(now); !written) return written;
    if (auto written = tracks_.write(); !written) return written;
    if (auto committed = database_.execute("COMMIT"); !committed) return committed;
    if (!alerts_.empty()) settled_alert_.store(alerts_.back().number, std::memory_order_release);
    for (const EpisodeRecord& record : episodes_)
        if (!record.episode.is_open) tracks_.close(record.episode.number);
    flows_.clear();
    values_.clear();
    alerts_.clear();
    episodes_.clear();
    return {};
}

base::Result<void> Writer::write_flows(std::int64_t now) {
    std::span<const float> values(values_);
    for (const FlowRecord& record : flows_) {
        if (auto written = rows_.write(record, values.first(row_size_), now); !written) return written;
        values = values.subspan(row_size_);
        const auto application = static_cast<std::int64_t>(record.application);
        if (auto counted = rollups_.count_flow(record.flow, rows_.label_row(record), application); !counted)
            return counted;
        if (record.alert != 0) tracks_.add(record.alert, record.flow);
    }
    return {};
}

/// The transaction did not come about: its flows are lost, its alerts wait for the next, but nobody waits for them.
void Writer::lose(const base::Error& reason) {
    if (database_.is_in_transaction()) static_cast<void>(database_.execute("ROLLBACK").ok());
    if (first_failure_.empty()) first_failure_ = reason.message;
    lost_flows_.fetch_add(flows_.size(), std::memory_order_relaxed);
    flows_.clear();
    values_.clear();
    rollups_.forget();
    if (!alerts_.empty()) settled_alert_.store(alerts_.back().number, std::memory_order_release);
}

/// One small transaction for each thousands of flows that are too old or too many.
base::Result<void> Writer::expire() {
    if (const std::int64_t now = wall_clock_seconds(); now - rollups_expired_ >= kHour) {
        rollups_expired_ = now;
        if (auto expired = rollups_.expire(now - retention_.most_age.count()); !expired) return expired;
    }
    std::int64_t oldest = 0;
    for (std::size_t round = 0; round < kMostFlowsWaiting / kExpiredAtOnce * 2; ++round) {
        const auto expired = has_expired(oldest);
        if (!expired) return expired.error();
        if (!*expired) return {};
        const std::string sql = fmt::format(
            "BEGIN IMMEDIATE; DELETE FROM flows WHERE id < {0}; DELETE FROM flow_features WHERE flow < {0}; COMMIT;",
            oldest + kExpiredAtOnce);
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
