// Sessions: who has signed in. A session is known by the hash of its cookie; it ends after twelve hours, after two
// without a request, at logout, and with its user. OneTimeTokens: what opens the door once.
//
// Owned by the dashboard. find() is asked by the I/O thread and waits for no disk; all may be called by any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/accounts.h"

namespace flowsift::serve {

class Sessions {
  public:
    static constexpr std::chrono::seconds kLongest = std::chrono::hours(12);
    static constexpr std::chrono::seconds kLongestIdle = std::chrono::hours(2);
    static constexpr std::size_t kMost = 1'000;
    using Now = std::function<std::int64_t()>;  ///< Seconds since 1970.

    /// Brings back the sessions that `accounts` kept. `accounts` must outlive it.
    explicit Sessions(Accounts& accounts, Now now = {});

    /// The cookie's value, new at every login, so that no value from before it is worth anything.
    base::Result<std::string> start(const std::string& user);
    /// The user as of now, and the session's last use becomes now. Empty: unknown, ended, or the user is gone.
    std::optional<User> find(std::string_view token);
    /// As find(), but a look that does not count as use: of a stream that is open.
    bool is_alive(std::string_view token);
    void end(std::string_view token);
    /// All of a user but the one of `kept_token`: after a new password.
    void end_all_of(const std::string& user, std::string_view kept_token);

    /// Of a session: what every change must bring in X-CSRF-Token. Made of the cookie's value by a one-way function.
    /// Without a valid session: the same for everybody, for setup and login.
    std::string csrf_token(std::string_view token);

  private:
    struct Session {
        std::string user;
        std::int64_t started = 0;
        std::int64_t used = 0;
    };
    bool has_ended(const Session& session) const;
    void make_room();

    Accounts& accounts_;
    Now now_;
    std::string anonymous_csrf_;
    std::mutex mutex_;
    std::map<std::string, Session, std::less<>> sessions_;  ///< By token_hash().
};

class OneTimeTokens {
  public:
    enum class Kind : std::uint8_t { kSetup, kLogin };

    /// Replaces the one that there was. Good for one use; a login token for an hour.
    std::string make(Kind kind);
    bool use(Kind kind, std::string_view token);
    /// One was made and not yet used.
    bool is_awaited(Kind kind);
    /// As use(), but it stays good: where what it opens may still fail.
    bool is_valid(Kind kind, std::string_view token);

  private:
    static constexpr std::chrono::hours kLoginLasts{1};
    struct Token {
        std::string hash;
        std::chrono::steady_clock::time_point expires;
    };

    std::mutex mutex_;
    std::map<Kind, Token> tokens_;
};

}  // namespace flowsift::serve
