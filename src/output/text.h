// Text of numbers, addresses and times, written straight into a buffer: the hot part of every CSV row, without
// allocation. Each put function writes at `out`, needs the room it names, and returns one past its last character.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
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

/// put_real() for the cells of rows, which repeat their numbers: the mean of one value is its least and its greatest.
/// Remembers the text of numbers that it saw lately.
class RealText {
  public:
    RealText();

    /// Room: kNumberRoom.
    char* put(char* out, double value) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        Entry& entry = entries_[bits * kMix >> (64 - kEntryBits)];
        if (entry.bits != bits) entry = entry_of(value);
        std::memcpy(out, entry.text.data(), entry.text.size());
        return out + entry.length;
    }

    /// Each value after a comma. Room: kNumberRoom + 1 for each.
    char* put_cells(char* out, std::span<const double> values);

  private:
    static constexpr int kEntryBits = 8;
    static constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15;  // Spreads the bits (Knuth 6.4).

    struct Entry {
        std::uint64_t bits = 0;
        std::uint64_t length = 0;
        std::array<char, 24> text{};  ///< "-1.7976931348623157e+308" has 24 characters.
    };
    static Entry entry_of(double value);

    std::array<Entry, std::size_t{1} << kEntryBits> entries_;
};

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
