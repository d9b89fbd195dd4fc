// Accounts: who may sign in and as what, the sessions that outlive a restart, and the log of every change; in an SQLite
// file of its own, so that a copy of the store holds no password hash. Owned by the dashboard; any thread.
//
// Users are few and kept in memory too: asking for a role never waits for the disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "serve/request.h"
#include "store/database.h"

namespace flowsift::serve {

struct User {
    std::string name;
    Role role = Role::kViewer;
    std::string password_hash;
    std::int64_t created = 0;     ///< Seconds since 1970.
    std::int64_t last_login = 0;  ///< 0: never.
};

struct AuditEntry {
    std::int64_t id = 0;
    std::int64_t time = 0;  ///< Seconds since 1970.
    std::string user, address, action, detail;
};

struct KeptSession {
    std::string token_hash, user;
    std::int64_t started = 0;
};

class Accounts {
  public:
    /// `path` ":memory:": nothing outlives the process. Creates the file for its owner alone (0600).
    static base::Result<std::unique_ptr<Accounts>> open(const std::string& path);

    bool has_users() const;
    std::vector<User> users() const;
    /// Empty: no such user.
    std::optional<User> user(std::string_view name) const;

    /// A name: 1 to 32 of a-z, 0-9, '.', '_', '-'. Error: such a user exists, no such name, a password too short.
    base::Result<void> add_user(const std::string& name, Role role, std::string_view password);
    /// For a token's holder who has no password and cannot get one.
    base::Result<void> add_guest(const std::string& name, Role role);
    /// Error: no such user, or the last admin.
    base::Result<void> remove_user(const std::string& name);
    base::Result<void> set_password(const std::string& name, std::string_view password);
    /// Takes the time of a hash also where there is no such user.
    bool is_password_of(const std::string& name, std::string_view password) const;
    base::Result<void> note_login(const std::string& name, std::int64_t time);

    base::Result<void> keep_session(const KeptSession& session);
    base::Result<void> forget_session(const std::string& token_hash);
    base::Result<std::vector<KeptSession>> kept_sessions();

    base::Result<void> log(const AuditEntry& entry);
    /// The latest first; those with an id below `before`, if that is not 0.
    base::Result<std::vector<AuditEntry>> audit_log(std::int64_t limit, std::int64_t before);

  private:
    explicit Accounts(store::Database database) : database_(std::move(database)) {}
    base::Result<void> read_users();
    base::Result<void> insert(const User& user);
    base::Result<store::Statement> statement(std::string_view sql) { return database_.prepare(sql); }

    mutable std::mutex database_mutex_;
    store::Database database_;
    mutable std::mutex users_mutex_;  ///< Never held while the disk is waited for.
    std::map<std::string, User, std::less<>> users_;
};

}  // namespace flowsift::serve
