// Time as flowsift keeps it: nanoseconds since 1970-01-01 UTC in an int64, always from packets, never from the wall
// clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flowsift::base {

/// Nanoseconds since the Unix epoch (or a difference of two such). Covers the years 1678 to 2262.
using Nanoseconds = std::int64_t;

inline constexpr Nanoseconds kMicrosecond = 1'000;
inline constexpr Nanoseconds kMillisecond = 1'000'000;
inline constexpr Nanoseconds kSecond = 1'000'000'000;

/// Whole microseconds at or before `time`, also for times before 1970 (floors, never rounds to zero).
constexpr std::int64_t floor_to_microseconds(Nanoseconds time) {
    std::int64_t quotient = time / kMicrosecond;
    return time % kMicrosecond < 0 ? quotient - 1 : quotient;
}

/// "2017-07-06 13:40:22.024349": UTC, microseconds, as the CIC-IDS2017 files have it.
std::string format_cic_time(Nanoseconds time);

/// "2017-07-06T13:40:22.024349+0000": UTC, microseconds, as Suricata's EVE has it.
std::string format_eve_time(Nanoseconds time);

/// The reverse of format_cic_time, also without a fraction or with 1 to 9 fraction digits, 'T' for the blank, and the
/// older "d/m/yyyy h:mm[:ss] [AM|PM]" spellings of CIC files. Empty if it is none of these.
std::optional<Nanoseconds> parse_time(std::string_view text);

}  // namespace flowsift::base
