#include "output/text.h"

#include <arpa/inet.h>

#include <cmath>
#include <cstring>

namespace flowsift::output {
namespace {

constexpr double kLargestWhole = 9007199254740992.0;  // 2^53: every whole number up to here is a double.

template <class Real>
char* put_shortest(char* out, Real value) {
    if (value == 0) {
        *out = '0';
        return out + 1;
    }
    if (std::abs(value) <= static_cast<Real>(kLargestWhole)) {
        const auto whole = static_cast<std::int64_t>(value);
        if (static_cast<Real>(whole) == value) return put(out, whole);
    }
    return std::to_chars(out, out + kNumberRoom, value).ptr;
}

char* put_two_digits(char* out, std::int64_t number) {
    out[0] = static_cast<char>('0' + number / 10);
    out[1] = static_cast<char>('0' + number % 10);
    return out + 2;
}

}  // namespace

char* put_real(char* out, double value) {
    return put_shortest(out, value);
}
char* put_real(char* out, float value) {
    return put_shortest(out, value);
}

char* put(char* out, const base::IpAddress& address) {
    if (!address.is_v4()) {
        inet_ntop(AF_INET6, address.bytes.data(), out, kAddressRoom);
        return out + std::strlen(out);
    }
    const base::Bytes bytes = address.v4();
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0) *out++ = '.';
        out = put(out, bytes[i]);
    }
    return out;
}

char* TimestampText::put(char* out, base::Nanoseconds time) {
    constexpr std::int64_t kDay = 86'400'000'000;
    const std::int64_t microseconds = base::floor_to_microseconds(time);
    const std::int64_t within_day = (microseconds % kDay + kDay) % kDay;
    const std::int64_t day = (microseconds - within_day) / kDay;
    if (day != day_) {
        day_ = day;
        date_ = base::format_cic_time(time).substr(0, 11);
    }
    out = output::put(out, date_);
    out = put_two_digits(out, within_day / 3'600'000'000);
    *out++ = ':';
    out = put_two_digits(out, within_day / 60'000'000 % 60);
    *out++ = ':';
    out = put_two_digits(out, within_day / 1'000'000 % 60);
    *out++ = '.';
    for (std::int64_t rest = within_day % 1'000'000, unit = 10'000; unit > 0; unit /= 100)
        out = put_two_digits(out, rest / unit % 100);
    return out;
}

std::string csv_cell(std::string_view text) {
    std::string cell(text);
    if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos)
        cell.insert(0, 1, '\'');
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    for (std::size_t i = cell.find('"'); i != std::string::npos; i = cell.find('"', i + 2)) cell.insert(i, 1, '"');
    return '"' + cell + '"';
}

}  // namespace flowsift::output
