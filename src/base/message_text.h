// Names that a user or a file gave, as messages show them: harmless, and beside what was probably meant.
//
// Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace flowsift::base {

/// Control characters, quotes and bytes that are not ASCII as \xNN, at most 40 bytes, in single quotes.
std::string quoted_for_message(std::string_view text);

/// The nearest of `candidates` by edit distance, ignoring case; empty where none is near (a third of the name's
/// length).
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace flowsift::base
