#include "serve/gate.h"

#include <algorithm>
#include <utility>

#include "base/ip_address.h"
#include "serve/secrets.h"
#include "serve/sessions.h"
#include "serve/target.h"

namespace flowsift::serve {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool is_loopback_name(std::string_view host) {
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

bool is_loopback_address(const std::string& address) {
    const auto prefix = base::parse_ip_prefix("127.0.0.0/8");
    const auto parsed = base::parse_ip_address(address);
    return parsed && (prefix->contains(*parsed) || address == "::1");
}

std::string_view wanted_type(Body body) {
    return body == Body::kJson ? "application/json" : "application/octet-stream";
}

bool is_api(std::string_view path) {
    return path == "/api" || path.starts_with("/api/");
}

}  // namespace

std::string host_name(std::string_view host) {
    const std::size_t end = host.starts_with('[') ? host.find(']') : host.find(':');
    if (host.starts_with('[') && end != std::string_view::npos) return lower(host.substr(0, end + 1));
    return lower(host.substr(0, end));
}

Gate::Gate(GateOptions options, const Router& router, Sessions* sessions, const Route* page)
    : options_(std::move(options)), router_(router), sessions_(sessions), page_(page) {
    for (std::string& host : options_.hosts) host = host_name(host);
}

Admission Gate::admit(const RequestHead& head, const std::string& address) const {
    Admission admission;
    Request& request = admission.request;
    request.is_head = head.method == "HEAD";
    request.address = address;
    request.is_local = is_loopback_address(address);
    request.is_secure = options_.is_secure;
    request.session = std::string(find_cookie(head.header("cookie"), options_.cookie));
    request.last_event_id = std::string(head.header("last-event-id"));
    request.if_none_match = std::string(head.header("if-none-match"));
    request.takes_gzip = head.header("accept-encoding").find("gzip") != std::string_view::npos;
    if (auto refusal = check_host(head)) admission.refusal = std::move(refusal);
    if (!admission.refusal) admission.refusal = find_route(head, admission);
    if (!admission.refusal) admission.refusal = check_role(admission);
    if (!admission.refusal && request.method != Method::kGet) admission.refusal = check_change(head, request);
    if (!admission.refusal) admission.refusal = check_body(head, admission);
    return admission;
}

/// Against DNS rebinding: a page of another name, which resolves to us, has that name in Host.
Gate::Refusal Gate::check_host(const RequestHead& head) const {
    if (options_.takes_any_host) return std::nullopt;
    if (head.count("host") != 1) return error_response(400, "a request names one Host");
    const std::string host = host_name(head.header("host"));
    if (is_loopback_name(host) || std::find(options_.hosts.begin(), options_.hosts.end(), host) != options_.hosts.end())
        return std::nullopt;
    return error_response(403, "this server does not answer under that name; allow it with --serve-host NAME");
}

Gate::Refusal Gate::find_route(const RequestHead& head, Admission& admission) const {
    auto target = parse_target(head.target);
    if (!target) return error_response(400, "the target of the request is not a path that this server can have");
    Request& request = admission.request;
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    if (head.method == "GET" || request.is_head)
        request.method = Method::kGet;
    else if (head.method == "POST")
        request.method = Method::kPost;
    else if (head.method == "DELETE")
        request.method = Method::kDelete;
    else
        return error_response(405, "this server takes GET, HEAD, POST and DELETE");
    Router::Match match = router_.find(request.method, request.path);
    request.params = std::move(match.params);
    admission.route = match.route;
    if (match.route) return std::nullopt;
    if (!match.allowed.empty()) {
        Response response = error_response(405, "that path takes other methods: " + match.allowed);
        response.headers.emplace_back("Allow", match.allowed);
        return response;
    }
    if (is_api(request.path) || !page_ || request.method != Method::kGet)
        return error_response(404, "there is nothing at that path; docs/openapi.yaml lists what there is");
    admission.route = page_;
    return std::nullopt;
}

Gate::Refusal Gate::check_role(Admission& admission) const {
    Request& request = admission.request;
    if (sessions_)
        if (const auto user = sessions_->find(request.session)) {
            request.user = user->name;
            request.role = user->role;
        }
    const Route& route = *admission.route;
    if (request.role >= route.least_role || (route.is_open_to_local && request.is_local)) return std::nullopt;
    if (request.role == Role::kNobody) return error_response(401, "sign in first");
    return error_response(403, "that takes the role " + std::string(to_string(route.least_role)) + "; you are " +
                                   std::string(to_string(request.role)));
}

/// A page of another origin can make a browser send a request with our cookie, but neither read the token nor set the
/// header, and the browser names the origin.
Gate::Refusal Gate::check_change(const RequestHead& head, const Request& request) const {
    const std::string own = (options_.is_secure ? "https://" : "http://") + lower(head.header("host"));
    if (head.count("origin") != 1 || lower(head.header("origin")) != own)
        return error_response(403, "a change has to come from this server's own page (Origin)");
    const std::string_view site = head.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin")
        return error_response(403, "a change has to come from this server's own page (Sec-Fetch-Site)");
    const std::string token = sessions_ ? sessions_->csrf_token(request.session) : std::string();
    if (token.empty() || !is_same_secret(token, head.header("x-csrf-token")))
        return error_response(403, "a change needs the X-CSRF-Token that GET /api/session gives; load the page anew");
    return std::nullopt;
}

Gate::Refusal Gate::check_body(const RequestHead& head, Admission& admission) {
    const Route& route = *admission.route;
    admission.body_limit = route.body == Body::kNone ? 0 : route.body_limit;
    const bool has_body = head.is_chunked || head.content_length.value_or(0) > 0;
    if (head.content_length.value_or(0) > admission.body_limit)
        return error_response(
            413, "the body is larger than the " + std::to_string(admission.body_limit) + " bytes that are taken here");
    if (!has_body) return std::nullopt;
    const std::string type = lower(head.header("content-type"));
    if (route.body != Body::kNone && type.substr(0, type.find(';')) != wanted_type(route.body))
        return error_response(415, "the body's type has to be " + std::string(wanted_type(route.body)));
    return std::nullopt;
}

}  // namespace flowsift::serve
