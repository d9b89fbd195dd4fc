#include "serve/site.h"

#include <fmt/format.h>

#include <ctime>
#include <exception>
#include <iterator>
#include <utility>

#include "serve/accounts.h"
#include "serve/assets.h"

namespace flowsift::serve {
namespace {

/// Of every answer. Scripts, styles and requests only of our own origin; no frame around us; nothing is sniffed.
constexpr std::string_view kSecurityHeaders =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

void log_change(const Route& route, const Request& request, const Response& response, Services& services) {
    const std::string user = request.user.empty() ? "-" : request.user;
    const std::string action = fmt::format("{} {}", to_string(route.method), request.path);
    const bool is_made = response.status < 400;
    const bool is_attempt = response.status == 401 || response.status == 403;
    if (!is_made && !is_attempt) return;  // Nothing changed; strangers could flood the log with nonsense.
    const std::string outcome =
        is_made ? response.audit : fmt::format("refused: {} {}", response.status, response.audit);
    // What cannot be logged has happened all the same; the log's own file says so by its gap.
    static_cast<void>(services.accounts->log({0, std::time(nullptr), user, request.address, action, outcome}).ok());
}

bool has_header(const Response& response, std::string_view name) {
    return find_field(response.headers, name).has_value();
}

}  // namespace

Site::Site(GateOptions options, Services& services)
    : services_(&services),
      router_(route_groups()),
      gate_(std::move(options), router_, services.sessions, &page_route()) {}

Site::Site(GateOptions options, std::span<const std::span<const Route>> groups, Services& services)
    : services_(&services), router_(groups), gate_(std::move(options), router_, nullptr, nullptr) {}

Response Site::answer(const Route& route, const Request& request) const {
    Response response;
    try {
        response = route.handler(request, *services_);
    } catch (const std::exception& fault) {
        response = error_response(500, std::string("unexpected fault: ") + fault.what());
    }
    if (response.status == 200 && route.status != 200) response.status = route.status;
    if (route.method != Method::kGet) log_change(route, request, response, *services_);
    return response;
}

Framed render_head(const Response& response, bool is_http_1_1, bool keeps_alive) {
    Framed framed;
    const bool is_endless = response.chunks || response.is_event_stream;
    if (is_endless) framed.framing = is_http_1_1 ? Framing::kChunked : Framing::kUntilClose;
    std::string& head = framed.head;
    auto out = std::back_inserter(head);
    fmt::format_to(out, "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
    if (!response.content_type.empty()) fmt::format_to(out, "Content-Type: {}\r\n", response.content_type);
    if (framed.framing == Framing::kChunked)
        head += "Transfer-Encoding: chunked\r\n";
    else if (framed.framing == Framing::kLength && response.status != 204 && response.status != 304)
        fmt::format_to(out, "Content-Length: {}\r\n", response.body.size() + response.fixed_body.size());
    for (const auto& [name, value] : response.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
    if (!has_header(response, "Cache-Control")) head += "Cache-Control: no-store\r\n";
    head += kSecurityHeaders;
    const bool stays = keeps_alive && framed.framing != Framing::kUntilClose;
    head += stays ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return framed;
}

}  // namespace flowsift::serve
