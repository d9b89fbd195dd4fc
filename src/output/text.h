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

#include "base/csv_cell.h"
#include "base/ip_address.h"
#include "base/time.h"

namespace flowsift::output {

inline constexpr std::size_t kNumberRoom = 32;
inline constexpr std::size_t kAddressRoom = 48;
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

/// As base::format_cic_time, but remembers all down to the second: flows of one second follow each other.
class TimestampText {
  public:
    /// Room: kTimestampRoom.
    char* put(char* out, base::Nanoseconds time);

  private:
    static constexpr std::size_t kToSecond = 20;

    std::int64_t second_ = INT64_MIN;     ///< Since 1970, of text_.
    std::array<char, kToSecond> text_{};  ///< "2017-07-06 13:40:22."
};

/// A short piece of text that stands in several places of a row. `Room`: its greatest length, rounded up so that
/// copying all of it takes few instructions; whoever puts it leaves so much room.
template <std::size_t Room>
class TextPiece {
  public:
    template <class Value>
    explicit TextPiece(const Value& value) : length_(static_cast<std::size_t>(put_into(text_, value) - text_)) {}

    std::string_view view() const { return {text_, length_}; }
    friend char* put(char* out, const TextPiece& piece) {
        std::memcpy(out, piece.text_, Room);
        return out + piece.length_;
    }

  private:
    template <class Value>
    static char* put_into(char* out, const Value& value) {
        return put(out, value);
    }

    char text_[Room];
    std::size_t length_;
};

using base::csv_cell;

}  // namespace flowsift::output
