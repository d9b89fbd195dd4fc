#include "output/text.h"

#include <cmath>

namespace flowsift::output {
namespace {

template <class Real>
char* put_shortest(char* out, Real value) {
    constexpr Real kLargestWhole = 9007199254740992;  // 2^53: every whole number up to here is a double.
    if (value == 0) {
        *out = '0';  // Also of -0.
        return out + 1;
    }
    if (std::abs(value) <= kLargestWhole) {
        const auto whole = static_cast<std::int64_t>(value);
        if (static_cast<Real>(whole) == value) return put(out, whole);
    }
    return std::to_chars(out, out + kNumberRoom, value).ptr;
}

/// "00" to "99".
constexpr auto kTwoDigits = [] {
    std::array<char, 200> digits{};
    for (std::size_t i = 0; i < 100; ++i) {
        digits[2 * i] = static_cast<char>('0' + i / 10);
        digits[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return digits;
}();

/// Precondition: 0 <= number < 100.
char* put_two_digits(char* out, std::int64_t number) {
    std::memcpy(out, &kTwoDigits[2 * static_cast<std::size_t>(number)], 2);
    return out + 2;
}

char* put_octet(char* out, std::uint8_t number) {
    if (number >= 100) {
        *out++ = static_cast<char>('0' + number / 100);
        return put_two_digits(out, number % 100);
    }
    if (number >= 10) return put_two_digits(out, number);
    *out = static_cast<char>('0' + number);
    return out + 1;
}

/// Of the last four bytes.
char* put_v4(char* out, const std::array<std::uint8_t, 16>& bytes) {
    for (std::size_t i = 12; i < 16; ++i) {
        if (i > 12) *out++ = '.';
        out = put_octet(out, bytes[i]);
    }
    return out;
}

/// The groups that "::" stands for (RFC 5952 section 4.2): the longest run of zeros, of two at least; the first of
/// equals.
struct ZeroRun {
    std::size_t start = 8;
    std::size_t length = 0;
};
ZeroRun longest_zero_run(const std::array<std::uint16_t, 8>& groups) {
    ZeroRun longest, run{0, 0};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i] != 0) {
            run = {i + 1, 0};
            continue;
        }
        ++run.length;
        if (run.length >= 2 && run.length > longest.length) longest = run;
    }
    return longest;
}

char* put_v6(char* out, const std::array<std::uint8_t, 16>& bytes) {
    std::array<std::uint16_t, 8> groups;
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    const ZeroRun zeros = longest_zero_run(groups);
    if (zeros.start == 0 && zeros.length == 6) {  // An IPv4 address within, as inet_ntop() shows it.
        *out++ = ':';
        *out++ = ':';
        return put_v4(out, bytes);
    }
    for (std::size_t i = 0; i < groups.size();) {
        if (i == zeros.start) {
            *out++ = ':';
            i += zeros.length;
            if (i == groups.size()) *out++ = ':';
            continue;
        }
        if (i > 0) *out++ = ':';
        out = std::to_chars(out, out + 4, groups[i++], 16).ptr;
    }
    return out;
}

}  // namespace

char* put_real(char* out, double value) {
    return put_shortest(out, value);
}
char* put_real(char* out, float value) {
    return put_shortest(out, value);
}

RealText::RealText() {
    entries_.fill(entry_of(0));
}

RealText::Entry RealText::entry_of(double value) {
    Entry entry{std::bit_cast<std::uint64_t>(value)};
    char room[kNumberRoom];
    entry.length = static_cast<std::uint64_t>(put_real(room, value) - room);
    std::copy_n(room, entry.length, entry.text.begin());
    return entry;
}

char* RealText::put_cells(char* out, std::span<const double> values) {
    // Half the cells of a short flow are zero.
    const auto put_cell = [this, &out](double value) {
        if (std::bit_cast<std::uint64_t>(value) == 0) {
            std::memcpy(out, ",0", 2);
            out += 2;
            return;
        }
        *out = ',';
        out = put(out + 1, value);
    };
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4) {
        std::array<std::uint64_t, 4> bits;
        std::memcpy(bits.data(), &values[i], sizeof bits);
        if ((bits[0] | bits[1] | bits[2] | bits[3]) == 0) {
            std::memcpy(out, ",0,0,0,0", 8);
            out += 8;
            continue;
        }
        for (std::size_t j = i; j < i + 4; ++j) put_cell(values[j]);
    }
    for (; i < values.size(); ++i) put_cell(values[i]);
    return out;
}

char* put(char* out, const base::IpAddress& address) {
    return address.is_v4() ? put_v4(out, address.bytes) : put_v6(out, address.bytes);
}

char* TimestampText::put(char* out, base::Nanoseconds time) {
    const std::int64_t microseconds = base::floor_to_microseconds(time);
    const std::int64_t within_second = (microseconds % 1'000'000 + 1'000'000) % 1'000'000;
    const std::int64_t second = (microseconds - within_second) / 1'000'000;
    if (second != second_) {
        second_ = second;
        base::format_cic_time(time).copy(text_.data(), kToSecond);
    }
    std::memcpy(out, text_.data(), kToSecond);
    out += kToSecond;
    out = put_two_digits(out, within_second / 10'000);
    out = put_two_digits(out, within_second / 100 % 100);
    return put_two_digits(out, within_second % 100);
}

}  // namespace flowsift::output
