#include "base/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace flowsift::base {
namespace {

std::string written(std::string_view text) {
    std::string out;
    JsonWriter(out).value(text);
    return out;
}

TEST(JsonWriter, NestsAndSeparates) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("a", 1).key("b").begin_array().value(true).value("x").begin_object().end_object();
    json.end_array().member("c", 0.5).end_object();
    EXPECT_EQ(out, R"({"a":1,"b":[true,"x",{}],"c":0.5})");
}

TEST(JsonWriter, EscapesWhatCouldBreakOutOfItsPlace) {
    EXPECT_EQ(written("a\"b\\c\n\x1b[31m"), R"("a\"b\\c\u000a\u001b[31m")");
    EXPECT_EQ(written("</script>&"), R"("\u003c/script\u003e\u0026")");
}

TEST(JsonWriter, KeepsUtf8AndEscapesOtherBytes) {
    EXPECT_EQ(written("µs → ok"), "\"µs → ok\"");
    EXPECT_EQ(written("\xff\xc0\xaf"), R"("\u00ff\u00c0\u00af")");  // never UTF-8, and an overlong '/'
    EXPECT_EQ(written("\xed\xa0\x80"), R"("\u00ed\u00a0\u0080")");  // a surrogate
    EXPECT_EQ(written("\xe2\x82"), R"("\u00e2\u0082")");            // cut short
}

TEST(JsonWriter, AnyBytesMakeValidJson) {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const char bytes[] = {static_cast<char>(first), static_cast<char>(second), 'x'};
            EXPECT_TRUE(nlohmann::json::accept(written({bytes, 3}))) << first << ' ' << second;
        }
}

TEST(JsonWriter, NumbersReadBackAsTheSame) {
    std::string out;
    JsonWriter(out).begin_array().value(0.1).value(std::numeric_limits<std::uint64_t>::max()).value(1e300).end_array();
    const auto parsed = nlohmann::json::parse(out);
    EXPECT_EQ(parsed[0].get<double>(), 0.1);
    EXPECT_EQ(parsed[1].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(parsed[2].get<double>(), 1e300);
    EXPECT_EQ(std::string("null"), [] {
        std::string text;
        JsonWriter(text).value(std::numeric_limits<double>::quiet_NaN());
        return text;
    }());
}

}  // namespace
}  // namespace flowsift::base
