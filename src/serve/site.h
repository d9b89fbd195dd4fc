// Site: what stands behind one listening address: its routes, its gate, and what handlers use. Turns an admitted
// request into an answer, writes the audit log, and adds the headers that every answer has. Knows no socket.
//
// Owned by the dashboard, must outlive its server. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "serve/gate.h"
#include "serve/router.h"
#include "serve/services.h"

namespace flowsift::serve {

class Site {
  public:
    /// With sessions, changes and pages: the dashboard.
    Site(GateOptions options, Services& services);
    /// Without: only what nobody has to sign in for.
    Site(GateOptions options, std::span<const std::span<const Route>> groups, Services& services);

    Admission admit(const RequestHead& head, const std::string& address) const { return gate_.admit(head, address); }

    /// Calls the route's handler; whatever it throws is answered with 500. A change is logged.
    Response answer(const Route& route, const Request& request) const;

    Services* services() const { return services_; }

  private:
    Services* services_;
    Router router_;
    Gate gate_;
};

/// How the body's end is told.
enum class Framing : std::uint8_t { kLength, kChunked, kUntilClose };

struct Framed {
    std::string head;  ///< Status line and all headers, with the blank line.
    Framing framing = Framing::kLength;
};

/// `keeps_alive`: the connection stays; then also told.
Framed render_head(const Response& response, bool is_http_1_1, bool keeps_alive);

}  // namespace flowsift::serve
