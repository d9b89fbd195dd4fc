#include "store/filter.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "store/wildcard.h"

namespace flowsift::store {
namespace {

/// What is said against `text`; empty: nothing.
std::string mistake(std::string_view text, Records records = Records::kFlows) {
    const auto filter = parse_filter(text, records);
    return filter ? "" : filter.error().message;
}

TEST(Filters, WhatIsEmptyPassesEverything) {
    for (const char* text : {"", "   ", "\t\n"}) {
        const auto filter = parse_filter(text, Records::kFlows);
        ASSERT_TRUE(filter.ok());
        EXPECT_TRUE(filter->is_empty());
    }
}

TEST(Filters, TheExampleOfTheManualIsOne) {
    EXPECT_EQ(mistake("class:PortScan dst.port:22 bytes>1e6 not src:10.0.0.0/8"), "");
    EXPECT_EQ(mistake("(proto:tcp or proto:17) -app:tls and name:\"a \\\"b\\\" (c)\" duration:10ms..2s"), "");
}

TEST(Filters, EveryExampleOfTheTableIsOne) {
    for (const FilterField& field : filter_fields())
        for (const Records records : {Records::kFlows, Records::kAlerts})
            EXPECT_EQ(field.sql[static_cast<std::size_t>(records)].empty(), mistake(field.example, records) != "");
}

TEST(Filters, ValuesNeverGetIntoTheSql) {
    const auto filter = parse_filter("name:\"x') OR 1=1; DROP TABLE flows --\" class:y;z", Records::kFlows);
    ASSERT_TRUE(filter.ok());
    EXPECT_THAT(filter->where, testing::Not(testing::HasSubstr("DROP")));
    EXPECT_EQ(filter->values.size(), 2u);
    EXPECT_EQ(std::get<std::string>(filter->values[1]), "y;z");
}

TEST(Filters, AMistakeIsToldWithItsColumn) {
    std::size_t at = 0;
    const auto filter = parse_filter("proto:tcp  dts.port:22", Records::kFlows, &at);
    ASSERT_FALSE(filter.ok());
    EXPECT_EQ(filter.error().message, "column 12: there is no field 'dts.port'; did you mean dst.port?");
    EXPECT_EQ(at, 12u);
    // Columns are characters: 'ü' has two bytes.
    EXPECT_THAT(mistake("name:ü dts:1"), testing::StartsWith("column 8: there is no field 'dts'; did you mean dst?"));
}

TEST(Filters, MistakesSayWhatWouldBeRight) {
    const std::pair<const char*, const char*> kCases[] = {
        {"22", "column 1: '22' has no value; write FIELD:VALUE"},
        {"example.com", "name:*example.com*"},
        {"bytes>", "column 7: a value is missing"},
        {"bytes:many", "column 7: 'bytes' takes a whole number, not 'many'"},
        {"bytes:1.5", "a whole number"},
        {"bytes:1e300", "a whole number"},
        {"dst.port:-1..x", "a whole number"},
        {"duration>3y", "'duration' takes a duration"},
        {"src:10.0.0.0/8/8", "'src' takes an address or a prefix"},
        {"src>10.0.0.1", "'src' has no order"},
        {"proto:256", "a protocol's name or a number up to 255"},
        {"proto:t*p", "a protocol's name"},
        {"end:sometime", "one of idle, active, fin"},
        {"novel:perhaps", "yes or no"},
        {"name>x", "column 6: 'name' is a text"},
        {"name:\"x", "column 6: this '\"' has no other"},
        {"name:\"x\\", "this '\"' has no other"},
        {"(port:1", "column 1: this '(' has no ')'"},
        {"port:1)", "column 7: there is no '(' for this ')'"},
        {"port:1 or", "column 10: a term is missing"},
        {"or port:1", "'or' has no value"},
        {"not", "column 4: a term is missing"},
        {"()", "column 2: ')' begins no term"},
        {"flows>3", "'flows' is a field of alerts, not of flows"},
    };
    for (const auto& [text, wanted] : kCases) EXPECT_THAT(mistake(text), testing::HasSubstr(wanted)) << text;
    EXPECT_THAT(mistake("end:fin", Records::kAlerts), testing::HasSubstr("is a field of flows, not of alerts"));
}

TEST(Filters, HaveLimits) {
    EXPECT_THAT(mistake(std::string(kMostFilterBytes + 1, 'x')), testing::HasSubstr("at most 1000 bytes"));
    std::string terms;
    for (std::size_t i = 0; i < kMostFilterTerms; ++i) terms += "port:1 ";
    EXPECT_EQ(mistake(terms), "");
    EXPECT_THAT(mistake(terms + "port:1"), testing::HasSubstr("too many terms"));
    const std::string open(kMostFilterDepth, '('), closed(kMostFilterDepth, ')');
    EXPECT_EQ(mistake(open + "port:1" + closed), "");
    EXPECT_THAT(mistake("(" + open + "port:1" + closed + ")"), testing::HasSubstr("nested too deep"));
}

TEST(Wildcards, StarIsAnyText) {
    EXPECT_TRUE(matches_wildcard("*.example.com", "www.EXAMPLE.com"));
    EXPECT_FALSE(matches_wildcard("*.example.com", "example.com"));
    EXPECT_TRUE(matches_wildcard("a*b*c", "a--b-b--c"));
    EXPECT_FALSE(matches_wildcard("a*b*c", "a--c--b"));
    EXPECT_TRUE(matches_wildcard("*", ""));
    EXPECT_TRUE(matches_wildcard("", ""));
    EXPECT_FALSE(matches_wildcard("", "a"));
    EXPECT_FALSE(matches_wildcard("a?", "ab"));
    EXPECT_TRUE(matches_wildcard(std::string_view("*\0b", 3), std::string_view("a\0b", 3)));
}

TEST(FilterManual, IsTheTable) {
    std::ifstream file(FLOWSIFT_SOURCE_DIR "/docs/filter.md");
    const std::string kept{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(kept, filter_markdown()) << "write it anew: flowsift alerts --filter-help > docs/filter.md";
}

}  // namespace
}  // namespace flowsift::store
