// TOML files that people write: parsed with a limit, and errors that say where and what is accepted.
//
// Label rules, policy and settings are read through this, so that all their messages look alike. Pure functions.
#pragma once

#include <toml++/toml.h>

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace flowsift::base {

/// What a file may be large at most.
inline constexpr std::size_t kMostTomlBytes = std::size_t{16} << 20;

/// The whole file, at most kMostTomlBytes. `kind` is for messages: "rules file".
Result<std::string> read_toml_file(const std::string& path, std::string_view kind);

/// `name` stands for the file in messages. Errors (kConfiguration): larger than kMostTomlBytes, or not TOML, with line
/// and column.
Result<toml::table> parse_toml(std::string_view text, const std::string& name);

/// "NAME, line 3, column 7: WHAT" (kConfiguration).
Error toml_error(const std::string& name, const toml::source_region& where, std::string_view what);

/// For a key that `owner` ("a rule") does not have; says which is near, or all of `known`.
Error unknown_toml_key(const std::string& name, const toml::key& key, std::string_view owner,
                       std::span<const std::string_view> known);

/// The Error where `version` is not stated or not 1; `kind`: "rules file".
Result<void> check_toml_version(const toml::table& document, const std::string& name, std::string_view kind);

}  // namespace flowsift::base
