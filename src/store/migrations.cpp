#include "store/migrations.h"

#include <fmt/format.h>

namespace flowsift::store {
namespace {

/// "flow" in ASCII: tells a store from any other SQLite file.
constexpr std::int64_t kApplicationId = 0x666c6f77;

constexpr const char* kMigrations[] = {
    // 1: alerts and flows. Times of packets are nanoseconds since 1970; `stored` is the wall clock in seconds, by which
    // flows age, so that a replay of an old capture is not deleted at once. Addresses are 16 bytes, IPv4 mapped.
    R"(
    PRAGMA application_id = 0x666c6f77;
    CREATE TABLE labels (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);
    CREATE TABLE flows (
        id INTEGER PRIMARY KEY, stored INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        source BLOB NOT NULL, destination BLOB NOT NULL, source_port INTEGER NOT NULL,
        destination_port INTEGER NOT NULL, protocol INTEGER NOT NULL, vlan INTEGER NOT NULL,
        tunnel INTEGER NOT NULL, forward_packets INTEGER NOT NULL, backward_packets INTEGER NOT NULL,
        forward_bytes INTEGER NOT NULL, backward_bytes INTEGER NOT NULL, end_reason INTEGER NOT NULL,
        label INTEGER REFERENCES labels, probability REAL, is_novel INTEGER NOT NULL, name TEXT);
    CREATE TABLE alerts (
        number INTEGER PRIMARY KEY, stored INTEGER NOT NULL, time INTEGER NOT NULL, first INTEGER NOT NULL,
        source BLOB NOT NULL, destination BLOB NOT NULL, source_port INTEGER NOT NULL,
        destination_port INTEGER NOT NULL, protocol INTEGER NOT NULL, vlan INTEGER NOT NULL,
        tunnel INTEGER NOT NULL, label TEXT NOT NULL, probability REAL NOT NULL, severity INTEGER NOT NULL,
        technique TEXT NOT NULL, model_hash TEXT NOT NULL, capture TEXT NOT NULL, name TEXT);
    )",
    // 2: what analysts say of alerts: the latest word counts, the earlier ones stay.
    R"(
    CREATE TABLE feedback (
        id INTEGER PRIMARY KEY, alert INTEGER NOT NULL REFERENCES alerts(number), stored INTEGER NOT NULL,
        is_right INTEGER NOT NULL, label TEXT);
    CREATE INDEX feedback_by_alert ON feedback(alert);
    )",
    // 3: an alert is an episode that grows.
    R"(
    ALTER TABLE alerts ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN flows INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE alerts ADD COLUMN packets INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN sources INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE alerts ADD COLUMN targets INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE alerts ADD COLUMN is_open INTEGER NOT NULL DEFAULT 1;
    UPDATE alerts SET last_seen = time;
    )",
    // 4: what an analyst wants to know of an alert and its flows, and may decide. Quick, whatever the store's size.
    // Feature values stand apart from the flows, so that a scan of flows reads no more than it must: float32, in the
    // machine's (little-endian) order, those of a row of `schemas`, whose features are joined by line feeds.
    R"(
    ALTER TABLE flows ADD COLUMN application INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE flows ADD COLUMN icmp_type INTEGER NOT NULL DEFAULT -1;
    ALTER TABLE flows ADD COLUMN icmp_code INTEGER NOT NULL DEFAULT -1;
    ALTER TABLE flows ADD COLUMN alert INTEGER;
    CREATE TABLE schemas (id INTEGER PRIMARY KEY, features TEXT NOT NULL UNIQUE);
    CREATE TABLE flow_features (
        flow INTEGER PRIMARY KEY, schema INTEGER NOT NULL REFERENCES schemas, row BLOB NOT NULL);
    ALTER TABLE alerts ADD COLUMN application INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN icmp_type INTEGER NOT NULL DEFAULT -1;
    ALTER TABLE alerts ADD COLUMN icmp_code INTEGER NOT NULL DEFAULT -1;
    ALTER TABLE alerts ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN is_escalated INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE feedback ADD COLUMN user TEXT;
    CREATE TABLE alert_reasons (
        alert INTEGER NOT NULL, place INTEGER NOT NULL, feature TEXT NOT NULL, value REAL NOT NULL,
        contribution REAL NOT NULL, benign_low REAL, benign_high REAL, PRIMARY KEY (alert, place)) WITHOUT ROWID;
    CREATE TABLE alert_tracks (
        alert INTEGER PRIMARY KEY, start INTEGER NOT NULL, step INTEGER NOT NULL, flows BLOB NOT NULL,
        peers BLOB NOT NULL);
    CREATE TABLE history (
        id INTEGER PRIMARY KEY, alert INTEGER NOT NULL REFERENCES alerts(number), stored INTEGER NOT NULL,
        user TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL);
    CREATE INDEX history_by_alert ON history(alert);
    CREATE TABLE mutes (
        id INTEGER PRIMARY KEY, label TEXT, source BLOB, target BLOB, expires INTEGER NOT NULL, user TEXT NOT NULL,
        created INTEGER NOT NULL, alert INTEGER);
    )",
    // 5: indexes, and sums by minute and hour (rollups.h) of what is there already. Reads all flows a few times:
    // docs/operations.md says how long that takes.
    R"(
    CREATE INDEX flows_by_first ON flows(first);
    CREATE INDEX flows_by_alert ON flows(alert) WHERE alert IS NOT NULL;
    CREATE INDEX alerts_by_time ON alerts(time);
    CREATE INDEX alerts_by_state ON alerts(is_archived, time);
    CREATE INDEX alerts_by_severity ON alerts(is_archived, severity);
    CREATE TABLE rollups (
        step INTEGER NOT NULL, start INTEGER NOT NULL, kind INTEGER NOT NULL, key INTEGER NOT NULL,
        flows INTEGER NOT NULL, packets INTEGER NOT NULL, bytes INTEGER NOT NULL, stored INTEGER NOT NULL,
        PRIMARY KEY (step, start, kind, key)) WITHOUT ROWID;
    CREATE TABLE talkers (
        hour INTEGER NOT NULL, address BLOB NOT NULL, bytes INTEGER NOT NULL, flows INTEGER NOT NULL,
        error INTEGER NOT NULL, PRIMARY KEY (hour, address)) WITHOUT ROWID;
    CREATE TEMP TABLE minute_sums AS
        SELECT 60 * (first / 60000000000 - (first % 60000000000 < 0)) AS start, coalesce(label, 0) AS label, protocol,
            count(*) AS flows, sum(forward_packets + backward_packets) AS packets,
            sum(forward_bytes + backward_bytes) AS bytes, max(stored) AS stored
        FROM flows GROUP BY 1, 2, 3;
    INSERT INTO rollups SELECT 60, start, 0, 0, sum(flows), sum(packets), sum(bytes), max(stored)
        FROM minute_sums GROUP BY start;
    INSERT INTO rollups SELECT 60, start, 1, label, sum(flows), sum(packets), sum(bytes), max(stored)
        FROM minute_sums GROUP BY start, label;
    INSERT INTO rollups SELECT 60, start, 2, protocol, sum(flows), sum(packets), sum(bytes), max(stored)
        FROM minute_sums GROUP BY start, protocol;
    INSERT INTO rollups SELECT 60, start, 3, 0, sum(flows), sum(packets), sum(bytes), max(stored)
        FROM minute_sums GROUP BY start;
    DROP TABLE minute_sums;
    INSERT INTO rollups SELECT 60, 60 * (time / 60000000000 - (time % 60000000000 < 0)), 4, severity, count(*), 0, 0,
        max(stored) FROM alerts GROUP BY 2, severity;
    INSERT INTO rollups SELECT 3600, 3600 * (start / 3600 - (start % 3600 < 0)), kind, key, sum(flows), sum(packets),
        sum(bytes), max(stored) FROM rollups WHERE step = 60 GROUP BY 2, kind, key;
    INSERT INTO talkers SELECT hour, address, bytes, flows, 0 FROM (
        SELECT hour, address, sum(bytes) AS bytes, count(*) AS flows,
            row_number() OVER (PARTITION BY hour ORDER BY sum(bytes) DESC, address) AS place
        FROM (SELECT 3600 * (first / 3600000000000 - (first % 3600000000000 < 0)) AS hour, source AS address,
                forward_bytes + backward_bytes AS bytes FROM flows
            UNION ALL
            SELECT 3600 * (first / 3600000000000 - (first % 3600000000000 < 0)), destination,
                forward_bytes + backward_bytes FROM flows)
        GROUP BY hour, address) WHERE place <= 512;
    )",
};

base::Result<void> check_is_ours(Database& database, std::int64_t version) {
    const auto application = database.number("PRAGMA application_id");
    if (!application) return application.error();
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    const bool is_empty = version == 0 && *application == 0 && *tables == 0;
    if (is_empty || *application == kApplicationId) return {};
    return base::Error{database.path() + " is an SQLite file, but no store of flowsift; name another one"};
}

}  // namespace

std::span<const char* const> migrations() {
    return kMigrations;
}

base::Result<void> migrate(Database& database) {
    const auto version = database.number("PRAGMA user_version");
    if (!version) return database.error("cannot read the store");
    if (auto ours = check_is_ours(database, *version); !ours) return ours;
    const auto known = static_cast<std::int64_t>(std::size(kMigrations));
    if (*version < 0 || *version > known)
        return base::Error{fmt::format("{} is a store of version {}; this flowsift knows up to {}: use a newer one",
                                       database.path(), *version, known)};
    for (std::int64_t step = *version; step < known; ++step) {
        const std::string sql =
            fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT;", kMigrations[step], step + 1);
        const auto done = database.execute(sql.c_str());
        if (done) continue;
        if (database.is_in_transaction()) static_cast<void>(database.execute("ROLLBACK").ok());
        return done.error();
    }
    return {};
}

}  // namespace flowsift::store
