#include "base/time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace flowsift::base {
namespace {

struct CivilTime {
    int year = 0;
    unsigned month = 0, day = 0;
    int hour = 0, minute = 0, second = 0, microsecond = 0;
};

CivilTime civil(Nanoseconds time) {
    using namespace std::chrono;
    const std::int64_t microseconds_total = floor_to_microseconds(time);
    const sys_time<microseconds> point{microseconds{microseconds_total}};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss<microseconds> clock{point - day};
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count()),
            static_cast<int>(clock.subseconds().count())};
}

/// Reads the pieces of a time from left to right; any mismatch makes it not-ok.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool ok() const { return ok_; }
    bool at_end() const { return text_.empty(); }

    bool accept(char wanted) {
        if (text_.empty() || text_.front() != wanted) return false;
        text_.remove_prefix(1);
        return true;
    }

    void expect(char wanted) { ok_ = accept(wanted) && ok_; }

    /// An unsigned number of one to `most` digits.
    int number(int most) {
        int value = 0, digits = 0;
        for (; digits < most && !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++digits) {
            value = value * 10 + (text_.front() - '0');
            text_.remove_prefix(1);
        }
        last_digits_ = digits;
        ok_ = ok_ && digits > 0;
        return value;
    }

    int last_digits() const { return last_digits_; }
    std::string_view rest() const { return text_; }

  private:
    std::string_view text_;
    bool ok_ = true;
    int last_digits_ = 0;
};

std::optional<Nanoseconds> combine(int year, int month, int day, Nanoseconds since_midnight) {
    using namespace std::chrono;
    const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || year < 1678 || year > 2261) return std::nullopt;
    return sys_days{date}.time_since_epoch().count() * 86'400 * kSecond + since_midnight;
}

Nanoseconds scan_fraction(Scanner& scan) {
    Nanoseconds fraction = scan.number(9);
    for (int digits = scan.last_digits(); digits < 9; ++digits) fraction *= 10;
    return fraction;
}

/// "h:mm[:ss[.fraction]] [AM|PM]"; -1 where it is not a time of day.
Nanoseconds scan_time_of_day(Scanner& scan) {
    int hour = scan.number(2);
    scan.expect(':');
    const int minute = scan.number(2);
    int second = 0;
    Nanoseconds fraction = 0;
    if (scan.accept(':')) {
        second = scan.number(2);
        if (scan.accept('.')) fraction = scan_fraction(scan);
    }
    const bool blank = scan.accept(' ');
    if (blank && (scan.rest() == "AM" || scan.rest() == "PM")) {
        if (hour < 1 || hour > 12) return -1;
        hour = hour % 12 + (scan.rest() == "PM" ? 12 : 0);
    } else if (blank || !(scan.at_end() || scan.rest() == "Z" || scan.rest() == "+0000")) {
        return -1;
    }
    if (!scan.ok() || hour > 23 || minute > 59 || second > 60) return -1;
    return ((hour * 60 + minute) * 60 + second) * kSecond + fraction;
}

}  // namespace

std::string format_cic_time(Nanoseconds time) {
    const CivilTime c = civil(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", c.year, c.month, c.day, c.hour, c.minute, c.second,
                       c.microsecond);
}

std::string format_eve_time(Nanoseconds time) {
    std::string text = format_cic_time(time);
    text[text.find(' ')] = 'T';
    return text + "+0000";
}

std::optional<Nanoseconds> parse_time(std::string_view text) {
    Scanner scan(text);
    int year = 0, month = 0, day = 0;
    const int first = scan.number(4);
    if (scan.last_digits() == 4) {
        year = first;
        scan.expect('-');
        month = scan.number(2);
        scan.expect('-');
        day = scan.number(2);
        if (!scan.accept('T')) scan.expect(' ');
    } else {
        day = first;
        scan.expect('/');
        month = scan.number(2);
        scan.expect('/');
        year = scan.number(4);
        scan.expect(' ');
    }
    if (!scan.ok()) return std::nullopt;
    const Nanoseconds since_midnight = scan_time_of_day(scan);
    if (since_midnight < 0) return std::nullopt;
    return combine(year, month, day, since_midnight);
}

}  // namespace flowsift::base
