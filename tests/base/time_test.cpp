#include "base/time.h"

#include <gtest/gtest.h>

namespace flowsift::base {
namespace {

// 2017-07-06 13:40:22 UTC is 1,499,348,422 s: `date -u -d @1499348422` says so.
constexpr Nanoseconds kThursday = 1'499'348'422 * kSecond;

TEST(Time, FormatsMicrosecondsUtc) {
    EXPECT_EQ(format_cic_time(kThursday + 24'349'999), "2017-07-06 13:40:22.024349");
    EXPECT_EQ(format_eve_time(kThursday + 24'349'000), "2017-07-06T13:40:22.024349+0000");
    EXPECT_EQ(format_cic_time(0), "1970-01-01 00:00:00.000000");
}

TEST(Time, FloorsAlsoBeforeTheEpoch) {
    EXPECT_EQ(floor_to_microseconds(1'999), 1);
    EXPECT_EQ(floor_to_microseconds(-1), -1);
    EXPECT_EQ(floor_to_microseconds(-1'000), -1);
    EXPECT_EQ(format_cic_time(-1), "1969-12-31 23:59:59.999999");
}

TEST(Time, ReadsWhatItWrites) {
    for (const Nanoseconds time : {kThursday, kThursday + 1'000, Nanoseconds{0}, -86'400 * kSecond})
        EXPECT_EQ(parse_time(format_cic_time(time)), time);
    EXPECT_EQ(parse_time("2017-07-06T13:40:22.5Z"), kThursday + 500 * kMillisecond);
    EXPECT_EQ(parse_time("2017-07-06 13:40:22"), kThursday);
}

// The original CIC-IDS2017 files have day/month/year, without seconds on some days, and (trap 24) a 12-hour clock.
TEST(Time, ReadsOlderSpellings) {
    EXPECT_EQ(parse_time("6/7/2017 13:40"), kThursday - 22 * kSecond);
    EXPECT_EQ(parse_time("06/07/2017 01:40:22 PM"), kThursday);
    EXPECT_EQ(parse_time("06/07/2017 12:00:00 AM"), kThursday - (13 * 3600 + 40 * 60 + 22) * kSecond);
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const char* text :
         {"", "yesterday", "2017-13-01 00:00:00", "2017-02-30 00:00:00", "2017-07-06 24:00:00", "2017-07-06 13:60:00",
          "6/7/2017", "06/07/2017 13:40:22 PM", "2017-07-06 13:40:22x", "99999-01-01 00:00:00", "1500-01-01 00:00:00"})
        EXPECT_FALSE(parse_time(text)) << text;
}

}  // namespace
}  // namespace flowsift::base
