#include "base/duration.h"

#include <charconv>

#include "base/message_text.h"

namespace flowsift::base {

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    constexpr Unit kUnits[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    constexpr std::int64_t kYear = std::int64_t{366} * 86'400'000;
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    for (const Unit& each : kUnits)
        if (error == std::errc() && unit == each.name && number > 0 && number <= kYear / each.milliseconds)
            return std::chrono::milliseconds(number * each.milliseconds);
    return Error{quoted_for_message(text) +
                     " is no duration: name a number with its unit (500ms, 90s, 10m, 1h, 7d), at most a year",
                 ErrorKind::kUsage};
}

}  // namespace flowsift::base
