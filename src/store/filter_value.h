// Values of filter terms: from what a person wrote to the least and the greatest value that it allows. All comparisons
// become such a range, bounds included. Stateless; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/filter.h"

namespace flowsift::store {

enum class Comparison : std::uint8_t { kIs, kIsNot, kMore, kLess, kAtLeast, kAtMost };

struct ValueRange {
    SqlValue least, greatest;
};

/// Not for kText. Error: what the field accepts.
base::Result<ValueRange> parse_range(const FilterField& field, Comparison comparison, std::string_view text);

}  // namespace flowsift::store
