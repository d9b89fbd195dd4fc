#include "base/duration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace flowsift::base {
namespace {

using std::chrono::milliseconds;

TEST(ParseDuration, TakesANumberWithItsUnit) {
    EXPECT_EQ(*parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(*parse_duration("90s"), milliseconds(90'000));
    EXPECT_EQ(*parse_duration("10m"), milliseconds(600'000));
    EXPECT_EQ(*parse_duration("1h"), milliseconds(3'600'000));
    EXPECT_EQ(*parse_duration("366d"), milliseconds(std::int64_t{366} * 24 * 3'600'000));
}

TEST(ParseDuration, SaysWhatIsWrong) {
    for (const char* text : {"", "10", "s", "0s", "-1s", "1.5s", "10 s", "367d", "99999999999999999999s", "1w"}) {
        const auto duration = parse_duration(text);
        ASSERT_FALSE(duration) << text;
        EXPECT_THAT(duration.error().message, testing::HasSubstr("500ms")) << text;
    }
}

}  // namespace
}  // namespace flowsift::base
