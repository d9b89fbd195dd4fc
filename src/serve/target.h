// Target: the request line's target and the Cookie header, taken apart (RFC 9112 section 3.2, RFC 6265 section 4.2).
//
// Both are hostile: lengths and numbers are bounded before anything is kept, and whatever is not plainly harmless (NUL,
// control characters, "..", bytes that are not UTF-8, an encoded slash) is refused, not repaired. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "serve/request.h"

namespace flowsift::serve {

inline constexpr std::size_t kMostTargetBytes = 4'096;
inline constexpr std::size_t kMostQueryFields = 32;

struct Target {
    std::string path;
    Fields query;
};

/// Origin form only ("/path?query"). Empty: not a target that this server takes.
std::optional<Target> parse_target(std::string_view target);

/// %XX decoded, '+' a blank where `is_query`. Empty: a bad escape, a control character, not UTF-8.
std::optional<std::string> decode_percent(std::string_view text, bool is_query);

/// The value of the first cookie of that name in a Cookie header; empty where there is none.
std::string_view find_cookie(std::string_view header, std::string_view name);

}  // namespace flowsift::serve
