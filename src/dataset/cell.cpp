#include "dataset/cell.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/utf8.h"

namespace flowsift::dataset {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = base::utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// Windows-1252 for 0x80 to 0x9f; the five unassigned ones stay control characters, as browsers have it.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
                                                        0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

/// Of the Basic Multilingual Plane.
void append_code_point(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

constexpr std::uint64_t kExactInDouble = std::uint64_t{1} << 53;
constexpr std::size_t kMostDigits = 19;  // The largest such number is below 2^64.

constexpr auto kPowersOfTen = [] {
    std::array<std::uint64_t, kMostDigits + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = 10 * powers[i - 1];
    return powers;
}();

/// numerator / denominator to the nearest double, ties to even, as std::from_chars rounds. Both above 0.
double divide(std::uint64_t numerator, std::uint64_t denominator) {
    // With both numbers moved up to bit 63 the quotient has 63 or 64 bits: eleven or ten more than a double, so that
    // its lowest bit may stand for all that the division left over.
    __extension__ using Wide = unsigned __int128;
    const int numerator_shift = std::countl_zero(numerator), denominator_shift = std::countl_zero(denominator);
    const Wide dividend = static_cast<Wide>(numerator << numerator_shift) << 63;
    const std::uint64_t divisor = denominator << denominator_shift;
    auto quotient = static_cast<std::uint64_t>(dividend / divisor);
    if (dividend % divisor != 0) quotient |= 1;
    // Exact: the result lies between 10^-19 and 2^64.
    const auto scale = static_cast<std::uint64_t>(1023 - 63 - numerator_shift + denominator_shift) << 52;
    return static_cast<double>(quotient) * std::bit_cast<double>(scale);
}

/// A minus sign, up to nineteen digits with or without a point, and nothing else: nearly all cells of a flow CSV. The
/// double is the nearest one, as that of std::from_chars.
bool parse_plain(std::string_view text, double& value) {
    const bool is_negative = !text.empty() && text.front() == '-';
    if (is_negative) text.remove_prefix(1);
    if (text.size() > kMostDigits + 1) return false;
    std::uint64_t digits = 0;
    std::size_t point = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = static_cast<unsigned>(text[i] - '0');
        if (digit <= 9) {
            digits = digits * 10 + digit;
        } else {
            if (text[i] != '.' || point < text.size()) return false;
            point = i;
        }
    }
    const std::size_t has_point = point < text.size() ? 1 : 0;
    const std::size_t count = text.size() - has_point, fraction = text.size() - point - has_point;
    if (count == 0 || count > kMostDigits) return false;
    const std::uint64_t power = kPowersOfTen[fraction];
    if (digits <= kExactInDouble)  // So is every power below 10^22, and one division rounds once.
        value = static_cast<double>(digits) / static_cast<double>(power);
    else
        value = divide(digits, power);
    if (is_negative) value = -value;
    return true;
}

}  // namespace

std::string_view trim(std::string_view cell) {
    while (!cell.empty() && is_blank(cell.front())) cell.remove_prefix(1);
    while (!cell.empty() && is_blank(cell.back())) cell.remove_suffix(1);
    return cell;
}

NumberKind parse_number(std::string_view cell, double& value) {
    if (parse_plain(cell, value)) return NumberKind::kFinite;
    cell = trim(cell);
    if (cell.empty()) return NumberKind::kMissing;
    if (cell.front() == '+' && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
    const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (fault == std::errc::invalid_argument || end != cell.data() + cell.size()) return NumberKind::kBad;
    if (fault != std::errc{}) return NumberKind::kInfinite;
    if (std::isnan(value)) return NumberKind::kMissing;
    return std::isfinite(static_cast<float>(value)) ? NumberKind::kFinite : NumberKind::kInfinite;
}

std::string to_utf8(std::string_view bytes) {
    if (is_valid_utf8(bytes)) return std::string(bytes);
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        append_code_point(out, byte >= 0x80 && byte < 0xa0 ? kWindows1252[byte - 0x80] : byte);
    }
    return out;
}

void append_csv_cell(std::string& out, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace flowsift::dataset
