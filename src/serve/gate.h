// Gate: every check that a request passes before a handler sees it, in one place and one order: Host, target, route,
// session and role, Origin and CSRF token, type and length of the body. Knows no socket; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/request_reader.h"
#include "serve/router.h"

namespace flowsift::serve {

class Sessions;

struct GateOptions {
    std::vector<std::string> hosts;  ///< That requests may name, without port; besides the loopback names.
    bool takes_any_host = false;     ///< For a listener that has no secrets: /metrics alone.
    bool is_secure = false;          ///< Behind TLS: origins are https.
    std::string cookie;              ///< Name of the session's cookie.
};

struct Admission {
    const Route* route = nullptr;
    Request request;
    std::uint64_t body_limit = 0;
    std::optional<Response> refusal;  ///< Then nothing else counts.
};

class Gate {
  public:
    /// `page`: the route of all paths outside /api that no other route takes; may be nullptr. All must outlive it.
    Gate(GateOptions options, const Router& router, Sessions* sessions, const Route* page);

    /// `address`: of the peer, without port.
    Admission admit(const RequestHead& head, const std::string& address) const;

  private:
    using Refusal = std::optional<Response>;
    Refusal check_host(const RequestHead& head) const;
    Refusal find_route(const RequestHead& head, Admission& admission) const;
    Refusal check_role(Admission& admission) const;
    Refusal check_change(const RequestHead& head, const Request& request) const;
    static Refusal check_body(const RequestHead& head, Admission& admission);

    GateOptions options_;
    const Router& router_;
    Sessions* sessions_;
    const Route* page_;
};

/// "example.org" of "Example.org:8443", "[::1]" of "[::1]:80".
std::string host_name(std::string_view host);

}  // namespace flowsift::serve
