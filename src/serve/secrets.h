// Secrets: tokens, password hashes and comparisons that take as long for a near miss as for a far one. Stateless; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace flowsift::serve {

inline constexpr std::size_t kLeastPassword = 10;
inline constexpr std::size_t kMostPassword = 256;

/// 256 bits of the system's random numbers as 64 hexadecimal digits.
std::string random_token();

/// Lower-case SHA-256: what is kept of a token.
std::string token_hash(std::string_view token);

/// Takes the same time wherever they differ; a different length shows.
bool is_same_secret(std::string_view a, std::string_view b);

/// Argon2id (RFC 9106) with 19 MiB, two passes, one lane: the least that OWASP's password storage sheet asks for. In
/// PHC string format. One at a time, so that logins cannot use up the memory. Error: shorter or longer than a password
/// may be.
base::Result<std::string> hash_password(std::string_view password);

/// `hash`: of hash_password(); an empty one takes as long and is false.
bool is_password(const std::string& hash, std::string_view password);

}  // namespace flowsift::serve
