#include "base/message_text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace flowsift::base {
namespace {

TEST(QuotedForMessage, IsHarmlessAndShort) {
    EXPECT_EQ(quoted_for_message("a'\n\x1b[31m\xff"), "'a\\x27\\x0a\\x1b[31m\\xff'");
    EXPECT_EQ(quoted_for_message(std::string(100, 'x')), "'" + std::string(40, 'x') + "…'");
}

TEST(NearestName, IsWithinAThirdOfTheName) {
    constexpr std::array<std::string_view, 3> kNames = {"interface", "filter", "model"};
    EXPECT_EQ(nearest_name("Interfce", kNames), "interface");  // One letter of eight.
    EXPECT_EQ(nearest_name("fliter", kNames), "filter");       // Two of six.
    EXPECT_EQ(nearest_name("xyz", kNames), "");
    EXPECT_EQ(nearest_name(std::string(200, 'm'), kNames), "");
}

}  // namespace
}  // namespace flowsift::base
