// UTF-8, as far as text that may be hostile has to be looked at: is this a well-formed sequence, and how long is it.
#pragma once

#include <cstddef>
#include <string_view>

namespace flowsift::base {

/// Length in bytes of the well-formed sequence (RFC 3629) at the start of `text`, or 0 if there is none.
/// Precondition: `text` is not empty.
std::size_t utf8_length(std::string_view text);

/// The code point of a well-formed sequence of utf8_length() bytes.
char32_t utf8_code_point(std::string_view sequence);

}  // namespace flowsift::base
