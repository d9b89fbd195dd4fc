#include "base/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace flowsift::base {
namespace {

/// RFC 3629 section 3 as an encoder: the slow and obvious side of the test.
std::string encoded(char32_t point) {
    const auto byte = [](char32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
    const auto tail = [&](int shift) { return byte(0x80 | ((point >> shift) & 0x3f)); };
    if (point < 0x80) return {byte(point)};
    if (point < 0x800) return {byte(0xc0 | (point >> 6)), tail(0)};
    if (point < 0x10000) return {byte(0xe0 | (point >> 12)), tail(6), tail(0)};
    return {byte(0xf0 | (point >> 18)), tail(12), tail(6), tail(0)};
}

TEST(Utf8, ReadsBackEveryCodePoint) {
    for (char32_t point = 0; point <= 0x10ffff; ++point) {
        const std::string text = encoded(point);
        if (point >= 0xd800 && point <= 0xdfff) {
            ASSERT_EQ(utf8_length(text + "x"), 0u) << "surrogate " << static_cast<std::uint32_t>(point);
            continue;
        }
        ASSERT_EQ(utf8_length(text + "x"), text.size()) << static_cast<std::uint32_t>(point);
        ASSERT_EQ(utf8_code_point(text), point);
        if (text.size() > 1) {
            ASSERT_EQ(utf8_length(text.substr(0, text.size() - 1)), 0u) << "cut short";
        }
    }
}

TEST(Utf8, RefusesOverlongAndForeignBytes) {
    for (const char* text : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
                             "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3(", "\x96"})
        EXPECT_EQ(utf8_length(text), 0u) << text;
}

}  // namespace
}  // namespace flowsift::base
