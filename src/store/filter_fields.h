// The one table of what a filter can ask for: names, what they accept, and what they are in SQL. Help, docs/filter.md
// and the API's list of fields read it. Constant; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace flowsift::store {

/// What a filter is asked of; also the place in FilterField::sql.
enum class Records : std::uint8_t { kFlows, kAlerts };

enum class FieldKind : std::uint8_t {
    kText,      ///< With '*' for any text; ASCII letters of either case.
    kCount,     ///< A whole number: 22, 1e6, 10k, 80..90.
    kReal,      ///< 0.9
    kDuration,  ///< 10ms, 2s; in nanoseconds.
    kAddress,   ///< 10.0.0.1, 10.0.0.0/8, 2001:db8::/32.
    kProtocol,  ///< tcp, 6.
    kFlag,      ///< yes, no.
    kChoice,    ///< One word of `choices`.
};

struct FilterField {
    std::string_view name;
    FieldKind kind;
    std::string_view help;
    std::string_view example;
    /// A condition for each of Records; empty: they have no such field. Its places `?` take the least and the greatest
    /// value, in pairs, or, of text, the pattern.
    std::array<std::string_view, 2> sql;
    std::span<const std::string_view> choices = {};
    std::int64_t first_choice = 0;  ///< The number of the first of them; the others follow.
};

std::span<const FilterField> filter_fields();

/// As the API has it: "text", "number", "address", "flag".
std::string_view type_name(FieldKind kind);

/// docs/filter.md, all of it.
std::string filter_markdown();

}  // namespace flowsift::store
