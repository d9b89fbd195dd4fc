#include "serve/sessions.h"

#include <algorithm>
#include <ctime>

#include "serve/secrets.h"

namespace flowsift::serve {

Sessions::Sessions(Accounts& accounts, Now now)
    : accounts_(accounts),
      now_(now ? std::move(now) : [] { return std::time(nullptr); }),
      anonymous_csrf_(random_token()) {
    const auto kept = accounts.kept_sessions();
    if (!kept) return;  // People sign in again.
    for (const KeptSession& session : *kept) {
        const Session back{session.user, session.started, now_()};
        if (has_ended(back))
            static_cast<void>(accounts.forget_session(session.token_hash).ok());
        else
            sessions_.emplace(session.token_hash, back);
    }
}

bool Sessions::has_ended(const Session& session) const {
    const std::int64_t now = now_();
    return now - session.started >= kLongest.count() || now - session.used >= kLongestIdle.count();
}

base::Result<std::string> Sessions::start(const std::string& user) {
    std::string token = random_token();
    const std::string hash = token_hash(token);
    const std::int64_t now = now_();
    if (const auto kept = accounts_.keep_session({hash, user, now}); !kept) return kept.error();
    const std::lock_guard lock(mutex_);
    make_room();
    sessions_.emplace(hash, Session{user, now, now});
    return token;
}

/// Ended ones go, then the one that was longest without use.
void Sessions::make_room() {
    std::erase_if(sessions_, [this](const auto& entry) { return has_ended(entry.second); });
    if (sessions_.size() < kMost) return;
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(),
                                     [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
}

std::optional<User> Sessions::find(std::string_view token) {
    if (token.empty()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(token_hash(token));
    if (found == sessions_.end()) return std::nullopt;
    auto user = has_ended(found->second) ? std::nullopt : accounts_.user(found->second.user);
    if (user)
        found->second.used = now_();
    else
        sessions_.erase(found);
    return user;
}

bool Sessions::is_alive(std::string_view token) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(token_hash(token));
    return found != sessions_.end() && !has_ended(found->second) && accounts_.user(found->second.user);
}

void Sessions::end(std::string_view token) {
    const std::string hash = token_hash(token);
    {
        const std::lock_guard lock(mutex_);
        if (sessions_.erase(hash) == 0) return;
    }
    static_cast<void>(accounts_.forget_session(hash).ok());
}

void Sessions::end_all_of(const std::string& user, std::string_view kept_token) {
    const std::string kept = token_hash(kept_token);
    std::vector<std::string> ended;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [hash, session] : sessions_)
            if (session.user == user && hash != kept) ended.push_back(hash);
        for (const std::string& hash : ended) sessions_.erase(hash);
    }
    for (const std::string& hash : ended) static_cast<void>(accounts_.forget_session(hash).ok());
}

std::string Sessions::csrf_token(std::string_view token) {
    if (!find(token)) return anonymous_csrf_;
    return token_hash("csrf " + std::string(token));
}

std::string OneTimeTokens::make(Kind kind) {
    std::string token = random_token();
    const std::lock_guard lock(mutex_);
    const auto never = std::chrono::steady_clock::time_point::max();
    const auto expires = kind == Kind::kLogin ? std::chrono::steady_clock::now() + kLoginLasts : never;
    tokens_[kind] = {token_hash(token), expires};
    return token;
}

bool OneTimeTokens::is_awaited(Kind kind) {
    const std::lock_guard lock(mutex_);
    return tokens_.contains(kind);
}

bool OneTimeTokens::is_valid(Kind kind, std::string_view token) {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(kind);
    return found != tokens_.end() && is_same_secret(found->second.hash, token_hash(token)) &&
           std::chrono::steady_clock::now() < found->second.expires;
}

bool OneTimeTokens::use(Kind kind, std::string_view token) {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(kind);
    if (found == tokens_.end() || !is_same_secret(found->second.hash, token_hash(token))) return false;
    const bool is_in_time = std::chrono::steady_clock::now() < found->second.expires;
    tokens_.erase(found);
    return is_in_time;
}

}  // namespace flowsift::serve
