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
    // 4: the features of the flow that an alert told of, for a model to learn from what analysts say. A kind is a text
    // that says what the values are (row_kind.h); they are float32, little-endian. `depth`: packets that the flow had
    // had, while it went on; 0: it had ended.
    R"(
    CREATE TABLE row_kinds (id INTEGER PRIMARY KEY, kind TEXT NOT NULL UNIQUE);
    CREATE TABLE alert_rows (
        alert INTEGER PRIMARY KEY REFERENCES alerts(number), kind INTEGER NOT NULL REFERENCES row_kinds,
        depth INTEGER NOT NULL, features BLOB NOT NULL);
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
