#include "dataset/cell.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/random.h"
#include "dataset/five_tuple.h"

namespace flowsift::dataset {
namespace {

double number(std::string_view cell) {
    double value = -12345;
    EXPECT_EQ(parse_number(cell, value), NumberKind::kFinite) << cell;
    return value;
}

NumberKind kind(std::string_view cell) {
    double value = 0;
    return parse_number(cell, value);
}

TEST(ParseNumber, ReadsWhatFlowFilesHold) {
    EXPECT_EQ(number("0"), 0);
    EXPECT_EQ(number("120000000"), 120'000'000);
    EXPECT_EQ(number("999999999999999"), 999'999'999'999'999);
    EXPECT_EQ(number("18446744073709551616"), 0x1p64);
    EXPECT_EQ(number(" 7 "), 7);
    EXPECT_EQ(number("+1.5"), 1.5);
    EXPECT_EQ(number("-1"), -1);
    EXPECT_EQ(number("3.009264E7"), 30'092'640);
    EXPECT_EQ(number("83.66666666666667"), 251.0 / 3);
}

TEST(ParseNumber, TellsMissingInfiniteAndBadApart) {
    for (const char* cell : {"", "  ", "NaN", "nan"}) EXPECT_EQ(kind(cell), NumberKind::kMissing) << cell;
    // 3.5e38 is beyond the largest float32, 3.4028e38.
    for (const char* cell : {"Infinity", "-inf", "1e999", "3.5e38", "-3.5e38"})
        EXPECT_EQ(kind(cell), NumberKind::kInfinite) << cell;
    for (const char* cell : {"abc", "1.2.3", "0x10", "--1", "+-1", "+", "1 2", "1,5", "12a", "\xb2"})
        EXPECT_EQ(kind(cell), NumberKind::kBad) << cell;
}

/// The same grammar, slow and obvious: the standard library behind our sign and blanks.
NumberKind standard_parse(std::string_view cell, double& value) {
    cell = trim(cell);
    if (cell.empty()) return NumberKind::kMissing;
    if (cell.front() == '+' && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
    const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (fault == std::errc::invalid_argument || end != cell.data() + cell.size()) return NumberKind::kBad;
    if (fault != std::errc{}) return NumberKind::kInfinite;
    if (std::isnan(value)) return NumberKind::kMissing;
    return std::isfinite(static_cast<float>(value)) ? NumberKind::kFinite : NumberKind::kInfinite;
}

void expect_as_standard(const std::string& cell) {
    double ours = 0, standard = 0;
    const NumberKind kind_of_standard = standard_parse(cell, standard);
    ASSERT_EQ(parse_number(cell, ours), kind_of_standard) << cell;
    if (kind_of_standard != NumberKind::kFinite) return;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(ours), std::bit_cast<std::uint64_t>(standard)) << cell;
}

TEST(ParseNumber, EqualsTheStandardLibraryBitByBit) {
    // 2^53 + 1 and 2^54 + 2 lie half-way between two doubles and go to the even one; so do such numbers over 10, 2^60.
    for (const char* cell : {"-0",
                             "-0.0",
                             ".5",
                             "5.",
                             ".",
                             "-",
                             "-.",
                             "",
                             "0.",
                             "1..2",
                             "1.2.",
                             "9007199254740993",
                             "18014398509481986",
                             "900719925474099.3",
                             "9999999999999999999",
                             "99999999999999999999",
                             "0.9999999999999999999",
                             "9999999999999999999.",
                             ".9999999999999999999",
                             "1152921504606846977",
                             "115292150460684697.7",
                             "0000000000000000001.5",
                             "-1e3",
                             "1E-5"})
        expect_as_standard(cell);
    base::Random random(7);
    for (int i = 0; i < 300'000; ++i) {
        // Up to twenty-one digits with a point anywhere, or nowhere.
        std::string cell = random.below(4) == 0 ? "-" : "";
        const std::uint32_t digits = 1 + random.below(21), point = random.below(2 * digits);
        for (std::uint32_t at = 0; at < digits; ++at) {
            if (at == point) cell += '.';
            cell += static_cast<char>('0' + random.below(10));
        }
        expect_as_standard(cell);
    }
}

TEST(ParseNumber, ReadsBackWhatEveryWriterOfDoublesWrites) {
    base::Random random(8);
    for (int i = 0; i < 200'000; ++i) {
        const double value = (random.uniform() - 0.3) * std::pow(10.0, random.below(18));
        double read = 0;
        ASSERT_EQ(parse_number(fmt::format("{}", value), read), NumberKind::kFinite);
        ASSERT_EQ(read, value);
        // Half-way between two neighbours, or as near as nineteen digits come to it.
        expect_as_standard(fmt::format("{:.19g}", value));
        expect_as_standard(fmt::format("{:.17f}", value));
    }
}

TEST(ParseNumber, EqualsTheStandardLibraryOnAnyText) {
    constexpr std::string_view kLetters = "0123456789.-+eE ";
    base::Random random(9);
    for (int i = 0; i < 300'000; ++i) {
        std::string cell;
        for (std::uint32_t length = random.below(8); length > 0; --length) cell += kLetters[random.below(16)];
        expect_as_standard(cell);
    }
}

TEST(ToUtf8, KeepsUtf8AndReadsTheRestAsWindows1252) {
    EXPECT_EQ(to_utf8("Web Attack \xe2\x80\x93 XSS"), "Web Attack \xe2\x80\x93 XSS");
    EXPECT_EQ(to_utf8("Web Attack \x96 XSS"), "Web Attack \xe2\x80\x93 XSS");  // U+2013
    EXPECT_EQ(to_utf8("caf\xe9"), "caf\xc3\xa9");
    EXPECT_EQ(to_utf8("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
    // Overlong '/', a surrogate, a code point beyond U+10FFFF, a cut sequence: none is UTF-8 (RFC 3629 section 4).
    for (const char* bytes : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x80"}) {
        EXPECT_NE(to_utf8(bytes), bytes);
        EXPECT_EQ(to_utf8(to_utf8(bytes)), to_utf8(bytes));
    }
}

TEST(AppendCsvCell, QuotesOnlyWhereNeeded) {
    std::string out;
    append_csv_cell(out, "plain text");
    append_csv_cell(out, "|a,b|");
    append_csv_cell(out, "say \"hi\"");
    EXPECT_EQ(out, "plain text\"|a,b|\"\"say \"\"hi\"\"\"");
}

flow::FlowIdentity flow_id(std::string_view text) {
    const auto identity = parse_flow_id(text);
    EXPECT_TRUE(identity) << text;
    return identity.value_or(flow::FlowIdentity{});
}

TEST(FiveTuple, IsTheSameInBothDirectionsOnly) {
    const auto there = five_tuple_of(flow_id("192.168.10.17-192.168.10.3-7769-53-17"));
    EXPECT_EQ(there, five_tuple_of(flow_id("192.168.10.3-192.168.10.17-53-7769-17")));
    EXPECT_NE(there, five_tuple_of(flow_id("192.168.10.17-192.168.10.3-53-7769-17")));  // ports changed places
    EXPECT_NE(there, five_tuple_of(flow_id("192.168.10.17-192.168.10.3-7769-53-6")));
    EXPECT_NE(there, five_tuple_of(flow_id("192.168.10.18-192.168.10.3-7769-53-17")));
    EXPECT_NE(there, 0U);
}

TEST(FlowId, TakesIpv6AndRefusesTheRest) {
    const auto identity = flow_id("2001:db8::1-fe80::2-443-50000-6");
    EXPECT_EQ(base::to_string(identity.source), "2001:db8::1");
    EXPECT_EQ(identity.destination_port, 50'000);
    EXPECT_EQ(identity.protocol, 6);
    for (const char* text : {"", "1.2.3.4", "1.2.3.4-5.6.7.8-1-2", "1.2.3.4-5.6.7.8-1-2-256",
                             "1.2.3.4-5.6.7.8-1-65536-6", "1.2.3.4-5.6.7.8-1-2-6-7", "a-b-c-d-e"})
        EXPECT_FALSE(parse_flow_id(text)) << text;
}

TEST(Port, IsAWholeNumberOf16Bits) {
    EXPECT_EQ(parse_port("65535"), 65'535);
    EXPECT_EQ(parse_port(" 53.0"), 53);
    for (const char* text : {"", "-1", "65536", "1.5", "NaN", "x"}) EXPECT_FALSE(parse_port(text)) << text;
}

}  // namespace
}  // namespace flowsift::dataset
