// Values of a query, as handlers ask for them: bounded, and with the value that counts where there is none. Stateless.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "serve/request.h"

namespace flowsift::serve {

/// `otherwise` where it is missing. Empty: no whole number from `least` to `most`.
std::optional<std::int64_t> number_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                      std::int64_t least, std::int64_t most);

/// Seconds since 1970 of an RFC 3339 time in UTC or of "-10m", which counts back from `now`. `otherwise` where it is
/// missing. Empty: no such time.
std::optional<std::int64_t> time_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                    std::int64_t now);

}  // namespace flowsift::serve
