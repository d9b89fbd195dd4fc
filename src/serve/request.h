// Request: what a handler is told of one HTTP request, after the gate has let it pass: everything is decoded, bounded
// and belongs to somebody. Made by the I/O thread, used by one worker; a handler never sees a socket.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flowsift::serve {

enum class Method : std::uint8_t { kGet, kPost, kDelete };

/// Each may do all that those before it may.
enum class Role : std::uint8_t { kNobody, kViewer, kAnalyst, kAdmin };

std::string_view to_string(Method method);
/// "viewer", "analyst", "admin"; "nobody".
std::string_view to_string(Role role);
/// Of the three that a person may have.
std::optional<Role> parse_role(std::string_view name);

/// Name and decoded value, in the order of the request.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// Of the first of that name; empty where there is none.
std::optional<std::string_view> find_field(const Fields& fields, std::string_view name);

struct Request {
    Method method = Method::kGet;
    bool is_head = false;  ///< A GET of which the body is not wanted.
    std::string path;      ///< Decoded: UTF-8 without control characters, no "." or ".." segment.
    Fields params;         ///< What the {names} of the route's pattern stood for.
    Fields query;
    std::string body;       ///< At most the route's limit; empty where it was streamed to a file.
    std::string body_path;  ///< Of that file, which the handler takes away or the server deletes.
    std::uint64_t body_bytes = 0;

    std::string address;        ///< Of the peer, without port.
    std::string user;           ///< Empty: nobody is signed in.
    Role role = Role::kNobody;  ///< Of the user, now.
    std::string session;        ///< The cookie's value, valid or not.
    std::string last_event_id;
    std::string if_none_match;
    bool takes_gzip = false;
    bool is_secure = false;  ///< Came over TLS.
    bool is_local = false;   ///< The peer's address is loopback.

    /// Becomes true when the client has gone away: whatever takes long looks at it.
    std::shared_ptr<const std::atomic<bool>> is_cancelled;
};

}  // namespace flowsift::serve
