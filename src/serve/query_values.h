// Values of a query, as handlers ask for them: bounded, and with the value that counts where there is none. Stateless.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "serve/request.h"

namespace flowsift::serve {

/// `otherwise` where it is missing. Empty: no whole number from `least` to `most`.
std::optional<std::int64_t> number_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                      std::int64_t least, std::int64_t most);

/// An RFC 3339 time in UTC, or "-10m", which counts back from `now`. `otherwise` where it is missing. Empty: no such
/// time.
std::optional<base::Nanoseconds> time_of(const Request& request, std::string_view name, base::Nanoseconds otherwise,
                                         base::Nanoseconds now);

/// What the route's pattern has for {name}; as a number: 0 where it is none.
std::string param_of(const Request& request, std::string_view name);
std::uint64_t number_param_of(const Request& request, std::string_view name);

}  // namespace flowsift::serve
