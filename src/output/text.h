// Text of numbers, addresses and times, written straight into a buffer: the hot part of every CSV row, without
// allocation. Each put function writes at `out`, needs the room it names, and returns one past its last character.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ip_address.h"
#include "base/time.h"

namespace flowsift::output {

inline constexpr std::size_t kNumberRoom = 32;
inline constexpr std::size_t kAddressRoom = 46;
inline constexpr std::size_t kTimestampRoom = 26;

inline char* put(char* out, std::string_view text) {
    return std::copy(text.begin(), text.end(), out);
}

/// Room: kNumberRoom.
template <std::integral T>
char* put(char* out, T number) {
    return std::to_chars(out, out + kNumberRoom, number).ptr;
}

/// Whole numbers without a point, others in the shortest form that reads back as the same value. Room: kNumberRoom.
char* put_real(char* out, double value);
char* put_real(char* out, float value);

/// As base::to_string. Room: kAddressRoom.
char* put(char* out, const base::IpAddress& address);

/// As base::format_cic_time, but remembers the date: flows of one day follow each other.
class TimestampText {
  public:
    /// Room: kTimestampRoom.
    char* put(char* out, base::Nanoseconds time);

  private:
    std::int64_t day_ = INT64_MIN;  ///< Since 1970, of date_.
    std::string date_;              ///< "2017-07-06 "
};

/// A cell of CSV (RFC 4180) for text from outside: quoted where it must be, and with an apostrophe before a first
/// character that a spreadsheet would take for a formula.
std::string csv_cell(std::string_view text);

}  // namespace flowsift::output
