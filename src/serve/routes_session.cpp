// Routes of signing in and out, of users, and of the audit log.
#include <chrono>
#include <cstdint>
#include <ctime>

#include "base/json.h"
#include "serve/json_body.h"
#include "serve/json_time.h"
#include "serve/login_limit.h"
#include "serve/query_values.h"
#include "serve/route_tables.h"
#include "serve/services.h"
#include "serve/sessions.h"

namespace flowsift::serve {
namespace {

/// Who a one-time token signs in where nobody has an account: not a name that a user can have.
constexpr const char* kTokensHolder = "local user";
constexpr std::int64_t kMostAuditRows = 1'000;

std::string session_json(const Request& request, const User* user, const std::string& token, Services& services) {
    std::string text;
    base::JsonWriter json(text);
    json.begin_object();
    write_text_or_null(json, "user", user ? std::string_view(user->name) : std::string_view());
    write_text_or_null(json, "role", user ? to_string(user->role) : std::string_view());
    json.member("csrf", services.sessions->csrf_token(token));
    json.member("needs_setup", services.tokens->is_awaited(OneTimeTokens::Kind::kSetup));
    json.member("is_secure", request.is_secure).member("version", services.version).end_object();
    return text;
}

std::string cookie(const Request& request, const Services& services, const std::string& token, bool is_end) {
    std::string text = services.cookie + "=" + token + "; Path=/; HttpOnly; SameSite=Strict";
    if (request.is_secure) text += "; Secure";
    if (is_end) text += "; Max-Age=0";
    return text;
}

/// A new session in place of whatever session the browser had.
Response sign_in(const Request& request, Services& services, const std::string& name, int status) {
    auto token = services.sessions->start(name);
    if (!token) return error_response(token.error());
    services.sessions->end(request.session);
    if (const auto noted = services.accounts->note_login(name, std::time(nullptr)); !noted)
        return error_response(noted.error());
    const auto user = services.accounts->user(name);
    Response response{.status = status, .body = session_json(request, user ? &*user : nullptr, *token, services)};
    response.headers.emplace_back("Set-Cookie", cookie(request, services, *token, false));
    response.audit = "signed in: " + name;
    return response;
}

Response too_many() {
    Response response = error_response(429, "too many failed attempts; wait five minutes");
    response.headers.emplace_back("Retry-After", std::to_string(LoginLimit::kWindow.count()));
    return response;
}

Response get_session(const Request& request, Services& services) {
    const auto user = services.accounts->user(request.user);
    return {.body = session_json(request, user ? &*user : nullptr, request.session, services)};
}

Response post_setup(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const auto token = body->text("token");
    const auto name = body->text("user");
    const auto password = body->text("password");
    if (!token || !name || !password) return error_response(400, "setup takes token, user and password");
    if (services.accounts->has_users()) return error_response(409, "this flowsift has its users already; sign in");
    if (!services.logins->try_now(request.address, "", LoginLimit::Clock::now())) return too_many();
    if (!services.tokens->is_valid(OneTimeTokens::Kind::kSetup, *token))
        return error_response(403, "that is not the setup token, which flowsift printed when it started");
    if (const auto added = services.accounts->add_user(*name, Role::kAdmin, *password); !added)
        return error_response(added.error());
    static_cast<void>(services.tokens->use(OneTimeTokens::Kind::kSetup, *token));
    services.logins->succeeded(request.address, "");
    return sign_in(request, services, *name, 201);
}

Response login_with_token(const Request& request, Services& services, const std::string& token) {
    if (!services.logins->try_now(request.address, "", LoginLimit::Clock::now())) return too_many();
    if (!services.tokens->use(OneTimeTokens::Kind::kLogin, token))
        return error_response(401, "that token was used or is too old; start flowsift again for another");
    services.logins->succeeded(request.address, "");
    if (!services.accounts->user(kTokensHolder))
        if (const auto added = services.accounts->add_guest(kTokensHolder, Role::kAdmin); !added)
            return error_response(added.error());
    return sign_in(request, services, kTokensHolder, 200);
}

Response post_login(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    if (const auto token = body->text("token")) return login_with_token(request, services, *token);
    const auto name = body->text("user");
    const auto password = body->text("password");
    if (!name || !password) return error_response(400, "login takes user and password, or a token");
    if (!services.logins->try_now(request.address, *name, LoginLimit::Clock::now())) return too_many();
    if (!services.accounts->is_password_of(*name, *password)) {
        Response response = error_response(401, "no such user, or another password");
        response.audit = services.accounts->user(*name) ? *name : "an unknown user";
        return response;
    }
    services.logins->succeeded(request.address, *name);
    return sign_in(request, services, *name, 200);
}

Response post_logout(const Request& request, Services& services) {
    services.sessions->end(request.session);
    Response response = no_content();
    response.headers.emplace_back("Set-Cookie", cookie(request, services, "", true));
    response.audit = "signed out";
    return response;
}

Response post_password(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const auto old_one = body->text("old");
    const auto new_one = body->text("new");
    if (!old_one || !new_one) return error_response(400, "a change of password takes old and new");
    if (!services.logins->try_now(request.address, request.user, LoginLimit::Clock::now())) return too_many();
    if (!services.accounts->is_password_of(request.user, *old_one))
        return error_response(403, "the old password is another one");
    services.logins->succeeded(request.address, request.user);
    if (const auto set = services.accounts->set_password(request.user, *new_one); !set)
        return error_response(set.error());
    services.sessions->end_all_of(request.user, request.session);
    Response response = no_content();
    response.audit = "a new password; other sessions ended";
    return response;
}

void write_user(base::JsonWriter& json, const User& user) {
    json.begin_object().member("user", user.name).member("role", to_string(user.role));
    write_moment(json, "created", user.created * base::kSecond);
    write_moment(json, "last_login", user.last_login * base::kSecond);
    json.end_object();
}

Response get_users(const Request&, Services& services) {
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("users").begin_array();
    for (const User& user : services.accounts->users()) write_user(json, user);
    json.end_array().end_object();
    return response;
}

Response post_user(const Request& request, Services& services) {
    const auto body = JsonBody::parse(request.body);
    if (!body) return error_response(body.error());
    const auto name = body->text("user");
    const auto role = parse_role(body->text("role").value_or(""));
    const auto password = body->text("password");
    if (!name || !role || !password)
        return error_response(400, "a new user takes user, password, and role: viewer, analyst or admin");
    if (const auto added = services.accounts->add_user(*name, *role, *password); !added)
        return error_response(added.error());
    Response response{.status = 201};
    base::JsonWriter json(response.body);
    write_user(json, services.accounts->user(*name).value_or(User{}));
    response.audit = *name + " as " + std::string(to_string(*role));
    return response;
}

Response delete_user(const Request& request, Services& services) {
    const std::string name(*find_field(request.params, "user"));
    if (!services.accounts->user(name)) return error_response(404, "there is no user of that name");
    if (const auto removed = services.accounts->remove_user(name); !removed) return error_response(removed.error());
    services.sessions->end_all_of(name, "");
    Response response = no_content();
    response.audit = name;
    return response;
}

Response get_audit(const Request& request, Services& services) {
    const auto limit = number_of(request, "limit", 100, 0, kMostAuditRows);
    const auto before = number_of(request, "before", 0, 0, INT64_MAX);
    if (!limit || !before) return error_response(400, "limit is 0 to 1000, before the id of an entry");
    const auto entries = services.accounts->audit_log(*limit, *before);
    if (!entries) return error_response(entries.error());
    Response response;
    base::JsonWriter json(response.body);
    json.begin_object().key("entries").begin_array();
    for (const AuditEntry& entry : *entries) {
        json.begin_object().member("id", entry.id).member("time", rfc3339(entry.time * base::kSecond));
        json.member("user", entry.user).member("address", entry.address).member("action", entry.action);
        json.member("detail", entry.detail).end_object();
    }
    json.end_array().end_object();
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/session",
     .least_role = Role::kNobody,
     .summary = "Who is signed in, and the token that changes need.",
     .handler = get_session,
     .schema = "Session",
     .is_quick = true},
    {.method = Method::kPost,
     .pattern = "/api/setup",
     .least_role = Role::kNobody,
     .summary = "The first admin, by the setup token that the first start prints.",
     .handler = post_setup,
     .schema = "Session",
     .request_schema = "Setup",
     .body = Body::kJson,
     .body_limit = 4'096,
     .status = 201},
    {.method = Method::kPost,
     .pattern = "/api/login",
     .least_role = Role::kNobody,
     .summary = "A session, by name and password or by a one-time token.",
     .handler = post_login,
     .schema = "Session",
     .request_schema = "Login",
     .body = Body::kJson,
     .body_limit = 4'096},
    {.method = Method::kPost,
     .pattern = "/api/logout",
     .least_role = Role::kViewer,
     .summary = "Ends the session.",
     .handler = post_logout,
     .status = 204},
    {.method = Method::kPost,
     .pattern = "/api/password",
     .least_role = Role::kViewer,
     .summary = "A new password of one's own; ends one's other sessions.",
     .handler = post_password,
     .request_schema = "NewPassword",
     .body = Body::kJson,
     .body_limit = 4'096,
     .status = 204},
    {.method = Method::kGet,
     .pattern = "/api/users",
     .least_role = Role::kAdmin,
     .summary = "All users.",
     .handler = get_users,
     .schema = "Users",
     .is_quick = true},
    {.method = Method::kPost,
     .pattern = "/api/users",
     .least_role = Role::kAdmin,
     .summary = "Adds a user.",
     .handler = post_user,
     .schema = "User",
     .request_schema = "NewUser",
     .body = Body::kJson,
     .body_limit = 4'096,
     .status = 201},
    {.method = Method::kDelete,
     .pattern = "/api/users/{user}",
     .least_role = Role::kAdmin,
     .summary = "Deletes a user and ends the user's sessions; not the last admin.",
     .handler = delete_user,
     .status = 204},
    {.method = Method::kGet,
     .pattern = "/api/audit",
     .least_role = Role::kAdmin,
     .summary = "The log of every change, the latest first.",
     .handler = get_audit,
     .schema = "AuditLog",
     .query = "limit,before"},
};

}  // namespace

std::span<const Route> session_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
