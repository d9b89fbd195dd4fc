// Response: what a handler answers: a body, a source of chunks that is pulled as fast as the client takes them, or the
// stream of live events. The server adds the headers of security to each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/request.h"

namespace flowsift::serve {

/// A body that is made while it is sent. Pulled by workers, one call at a time; destroyed as soon as the client is
/// gone.
class ChunkSource {
  public:
    virtual ~ChunkSource() = default;
    /// Appends the next piece, some 64 kB or what a tenth of a second brings. False: that was the last.
    virtual bool next(std::string& out) = 0;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::string body;
    std::string_view fixed_body;          ///< Instead of `body`: bytes that live as long as the program.
    std::unique_ptr<ChunkSource> chunks;  ///< Instead of `body`.
    bool is_event_stream = false;         ///< Instead of `body`: live events, after Request::last_event_id.
    Fields headers;                       ///< Besides those that every answer has.
    std::string audit;                    ///< Of a change that was made: what, for the audit log.
};

/// {"error": message}, which says what, where, and what to do.
Response error_response(int status, std::string_view message);

/// kUsage: 400, kPermission: 403, kConfiguration: 409 (not in this state), kFailed: 500.
Response error_response(const base::Error& error);

/// 204.
Response no_content();

/// "OK", "Not Found".
std::string_view reason_phrase(int status);

}  // namespace flowsift::serve
