// Filter: what a person types to choose flows or alerts (docs/filter.md), as a condition in SQL.
//
// The text never gets into the SQL: every value is bound, and the conditions are those of the table in filter_fields.h.
// Its length, depth and number of terms are limited, so that neither parsing nor the query planner can be overrun.
// Plain data; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "store/database.h"
#include "store/filter_fields.h"

namespace flowsift::store {

inline constexpr std::size_t kMostFilterBytes = 1'000;
inline constexpr std::size_t kMostFilterTerms = 50;
inline constexpr std::size_t kMostFilterDepth = 16;

using SqlValue = std::variant<std::int64_t, double, std::string, base::IpAddress>;

struct Filter {
    std::string where;  ///< Empty: everything passes. Else a condition that is 0 or 1, never NULL.
    std::vector<SqlValue> values;

    bool is_empty() const { return where.empty(); }
    /// " AND (condition)", or nothing.
    std::string and_where() const { return is_empty() ? std::string() : " AND " + where; }
    void bind(Statement& statement) const;
};

/// Error (kUsage): "column 12: there is no field 'dts.port'; did you mean dst.port?"; `at`: set to the column, in
/// characters from 1. Empty or blank text gives the empty filter.
base::Result<Filter> parse_filter(std::string_view text, Records records, std::size_t* at = nullptr);

}  // namespace flowsift::store
