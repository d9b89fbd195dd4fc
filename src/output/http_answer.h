// HttpAnswerReader: one response of HTTP/1.1, as it comes in pieces from a server that is not trusted: 8 KB of header,
// 64 KB of body, which is thrown away. One owner, one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace flowsift::output {

struct HttpAnswer {
    unsigned status = 0;
    std::optional<std::chrono::seconds> retry_after = {};
    bool keeps_open = false;  ///< The connection can carry another request.
};

class HttpAnswerReader {
  public:
    HttpAnswerReader();
    ~HttpAnswerReader();
    HttpAnswerReader(const HttpAnswerReader&) = delete;
    HttpAnswerReader& operator=(const HttpAnswerReader&) = delete;

    /// What came next. True: the response is whole. Error: that is no HTTP, or beyond the limits.
    base::Result<bool> feed(std::string_view bytes);
    /// Nothing more comes. Error: the response is not whole.
    base::Result<void> end();

    /// Of a whole response. `now`: what a date in Retry-After is compared with.
    HttpAnswer answer(std::chrono::system_clock::time_point now) const;

  private:
    struct Machine;

    std::unique_ptr<Machine> machine_;
};

/// Retry-After (RFC 9110 section 10.2.3): seconds, or a date in the preferred form; never negative, at most an hour.
/// Empty: it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::chrono::system_clock::time_point now);

}  // namespace flowsift::output
