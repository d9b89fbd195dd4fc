// RequestReader: bytes of a connection in, one HTTP/1.1 request out (RFC 9112), with limits on everything. Knows no
// socket, so that the fuzzer drives the same code; the parser itself is Boost.Beast's.
//
// Owned by its connection, on the I/O thread; made anew for each request of a connection that is kept alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "serve/request.h"

namespace flowsift::serve {

inline constexpr std::size_t kMostHeaderBytes = 8'192;
inline constexpr std::size_t kMostHeaders = 64;

/// Header names in lower case. Empty strings where a header is missing.
struct RequestHead {
    std::string method, target;
    bool is_http_1_1 = true;
    bool keeps_alive = true;
    bool is_chunked = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> content_length;
    Fields headers;

    /// Of the first of that name; empty where there is none.
    std::string_view header(std::string_view name) const;
    /// How many there are of it: two Hosts are an attack.
    int count(std::string_view name) const;
};

class RequestReader {
  public:
    RequestReader();
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    enum class Found : std::uint8_t {
        kMore,  ///< Bytes are missing.
        kHead,  ///< head() is there; told once. Then limit_body().
        kBody,  ///< A piece of the body: take_body().
        kDone,  ///< The request is complete.
        kFault,
    };
    /// Takes what it can of `bytes` and removes it from its front; what stays belongs to a later call or request.
    Found put(std::string_view& bytes);

    const RequestHead& head() const { return head_; }
    /// Bytes of the body, once head() is there; before: 0.
    void limit_body(std::uint64_t most);
    std::string take_body();
    /// After kFault: 400, 413 or 431; 0: these bytes are no HTTP, and deserve no answer.
    int fault() const { return fault_; }

  private:
    struct Parser;
    Found finish_head();
    Found fail(int status);

    std::unique_ptr<Parser> parser_;
    RequestHead head_;
    bool has_head_ = false;
    int fault_ = 0;
};

}  // namespace flowsift::serve
