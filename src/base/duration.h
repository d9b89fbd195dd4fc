// Durations as people write them: a number with its unit.
#pragma once

#include <chrono>
#include <string_view>

#include "base/result.h"

namespace flowsift::base {

/// "500ms", "90s", "10m", "1h", "7d". Error (kUsage): anything else, nothing, or over a year.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace flowsift::base
