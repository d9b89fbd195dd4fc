#include "serve/accounts.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/descriptor.h"
#include "serve/secrets.h"

namespace flowsift::serve {
namespace {

constexpr std::int64_t kApplicationId = 0x66736163;  // "fsac": tells it from a store.
constexpr std::int64_t kMostAuditEntries = 100'000;
constexpr std::size_t kLongestName = 32;
constexpr std::size_t kMostUsers = 1'000;
constexpr std::size_t kMostDetail = 2'000;

constexpr const char* kSchema = R"(
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL,
        created INTEGER NOT NULL, last_login INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, user TEXT NOT NULL, started INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, user TEXT NOT NULL,
        address TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL);
    PRAGMA application_id = 0x66736163;
    PRAGMA user_version = 1;
    COMMIT;
)";

base::Error refused(std::string message) {
    return {std::move(message), base::ErrorKind::kUsage};
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= kLongestName &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string_view::npos;
}

/// Its journal and shared memory get the rights of the file (SQLite).
base::Result<void> create_private(const std::string& path) {
    const base::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open())
        return base::Error{fmt::format("cannot open the accounts in {}: {}", path, std::strerror(errno))};
    return {};
}

base::Result<void> check_is_ours(store::Database& database) {
    const auto application = database.number("PRAGMA application_id");
    if (!application) return application.error();
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (*application == kApplicationId || (*application == 0 && *tables == 0)) return {};
    return base::Error{database.path() + " holds no accounts of flowsift; name another file"};
}

}  // namespace

base::Result<std::unique_ptr<Accounts>> Accounts::open(const std::string& path) {
    if (path != ":memory:")
        if (const auto created = create_private(path); !created) return created.error();
    auto database = store::Database::open(path, store::Database::Access::kWrite);
    if (!database) return database.error();
    if (const auto ours = check_is_ours(*database); !ours) return ours.error();
    if (const auto made = database->execute(kSchema); !made) return made.error();
    std::unique_ptr<Accounts> accounts(new Accounts(std::move(*database)));
    if (const auto read = accounts->read_users(); !read) return read.error();
    return accounts;
}

base::Result<void> Accounts::read_users() {
    auto select = statement("SELECT name, role, password, created, last_login FROM users");
    if (!select) return select.error();
    for (;;) {
        const auto row = select->step();
        if (!row) return row.error();
        if (!*row) return {};
        const auto role = parse_role(select->text(1));
        if (!role) return base::Error{database_.path() + " names a role that this version does not know"};
        User user{std::string(select->text(0)), *role, std::string(select->text(2)), select->number(3),
                  select->number(4)};
        users_.emplace(user.name, user);
    }
}

bool Accounts::has_users() const {
    const std::lock_guard lock(users_mutex_);
    return !users_.empty();
}

std::vector<User> Accounts::users() const {
    const std::lock_guard lock(users_mutex_);
    std::vector<User> all;
    for (const auto& [name, user] : users_) all.push_back(user);
    return all;
}

std::optional<User> Accounts::user(std::string_view name) const {
    const std::lock_guard lock(users_mutex_);
    const auto found = users_.find(name);
    if (found == users_.end()) return std::nullopt;
    return found->second;
}

base::Result<void> Accounts::add_user(const std::string& name, Role role, std::string_view password) {
    if (!is_name(name))
        return refused("a user's name has 1 to 32 of the characters a-z, 0-9, '.', '_' and '-'; choose another");
    auto hash = hash_password(password);
    if (!hash) return hash.error();
    return insert({name, role, std::move(*hash), std::time(nullptr), 0});
}

base::Result<void> Accounts::add_guest(const std::string& name, Role role) {
    return insert({name, role, "", std::time(nullptr), 0});
}

base::Result<void> Accounts::insert(const User& user) {
    const std::lock_guard lock(database_mutex_);
    {
        const std::lock_guard users_lock(users_mutex_);
        if (users_.size() >= kMostUsers) return refused("there are a thousand users already; delete one");
        if (users_.contains(user.name))
            return base::Error{"there is a user " + user.name + " already; choose another name",
                               base::ErrorKind::kConfiguration};
    }
    auto add = statement("INSERT INTO users VALUES (?, ?, ?, ?, ?)");
    if (!add) return add.error();
    add->bind(user.name).bind(to_string(user.role)).bind(user.password_hash).bind(user.created).bind(user.last_login);
    if (auto added = add->run(); !added) return added;
    const std::lock_guard users_lock(users_mutex_);
    users_.emplace(user.name, user);
    return {};
}

base::Result<void> Accounts::remove_user(const std::string& name) {
    const std::lock_guard lock(database_mutex_);
    {
        const std::lock_guard users_lock(users_mutex_);
        const auto found = users_.find(name);
        if (found == users_.end()) return refused("there is no user of that name");
        const auto admins =
            std::count_if(users_.begin(), users_.end(), [](const auto& u) { return u.second.role == Role::kAdmin; });
        if (found->second.role == Role::kAdmin && admins == 1)
            return base::Error{name + " is the last admin; make another one first", base::ErrorKind::kConfiguration};
        users_.erase(found);  // First: from here on the name opens nothing, whatever the disk does.
    }
    for (const char* sql : {"DELETE FROM sessions WHERE user = ?", "DELETE FROM users WHERE name = ?"}) {
        auto remove = statement(sql);
        if (!remove) return remove.error();
        if (auto removed = remove->bind(name).run(); !removed) return removed;
    }
    return {};
}

base::Result<void> Accounts::set_password(const std::string& name, std::string_view password) {
    auto hash = hash_password(password);
    if (!hash) return hash.error();
    const std::lock_guard lock(database_mutex_);
    auto update = statement("UPDATE users SET password = ? WHERE name = ?");
    if (!update) return update.error();
    if (auto updated = update->bind(*hash).bind(name).run(); !updated) return updated;
    const std::lock_guard users_lock(users_mutex_);
    if (const auto found = users_.find(name); found != users_.end()) found->second.password_hash = *hash;
    return {};
}

bool Accounts::is_password_of(const std::string& name, std::string_view password) const {
    const auto known = user(name);
    return is_password(known ? known->password_hash : std::string(), password);
}

base::Result<void> Accounts::note_login(const std::string& name, std::int64_t time) {
    const std::lock_guard lock(database_mutex_);
    auto update = statement("UPDATE users SET last_login = ? WHERE name = ?");
    if (!update) return update.error();
    if (auto updated = update->bind(time).bind(name).run(); !updated) return updated;
    const std::lock_guard users_lock(users_mutex_);
    if (const auto found = users_.find(name); found != users_.end()) found->second.last_login = time;
    return {};
}

base::Result<void> Accounts::keep_session(const KeptSession& session) {
    const std::lock_guard lock(database_mutex_);
    auto add = statement("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)");
    if (!add) return add.error();
    return add->bind(session.token_hash).bind(session.user).bind(session.started).run();
}

base::Result<void> Accounts::forget_session(const std::string& token_hash) {
    const std::lock_guard lock(database_mutex_);
    auto remove = statement("DELETE FROM sessions WHERE token = ?");
    if (!remove) return remove.error();
    return remove->bind(token_hash).run();
}

base::Result<std::vector<KeptSession>> Accounts::kept_sessions() {
    const std::lock_guard lock(database_mutex_);
    auto select = statement("SELECT token, user, started FROM sessions");
    if (!select) return select.error();
    std::vector<KeptSession> sessions;
    for (;;) {
        const auto row = select->step();
        if (!row) return row.error();
        if (!*row) return sessions;
        sessions.push_back({std::string(select->text(0)), std::string(select->text(1)), select->number(2)});
    }
}

base::Result<void> Accounts::log(const AuditEntry& entry) {
    const std::lock_guard lock(database_mutex_);
    auto add = statement("INSERT INTO audit (time, user, address, action, detail) VALUES (?, ?, ?, ?, ?)");
    if (!add) return add.error();
    add->bind(entry.time).bind(entry.user).bind(entry.address).bind(entry.action);
    add->bind(std::string_view(entry.detail).substr(0, kMostDetail));
    if (auto added = add->run(); !added) return added;
    if (database_.last_row() % 1'000 != 0) return {};
    auto trim = statement("DELETE FROM audit WHERE id <= ?");
    if (!trim) return trim.error();
    return trim->bind(database_.last_row() - kMostAuditEntries).run();
}

base::Result<std::vector<AuditEntry>> Accounts::audit_log(std::int64_t limit, std::int64_t before) {
    const std::lock_guard lock(database_mutex_);
    auto select = statement(
        "SELECT id, time, user, address, action, detail FROM audit WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?");
    if (!select) return select.error();
    select->bind(before).bind(before).bind(limit);
    std::vector<AuditEntry> entries;
    for (;;) {
        const auto row = select->step();
        if (!row) return row.error();
        if (!*row) return entries;
        entries.push_back({select->number(0), select->number(1), std::string(select->text(2)),
                           std::string(select->text(3)), std::string(select->text(4)), std::string(select->text(5))});
    }
}

}  // namespace flowsift::serve
