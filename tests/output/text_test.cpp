#include "output/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace flowsift::output {
namespace {

template <class Value>
std::string real_text(Value value) {
    char room[kNumberRoom];
    return {room, put_real(room, value)};
}

std::string address_text(const char* text) {
    char room[kAddressRoom];
    return {room, put(room, *base::parse_ip_address(text))};
}

TEST(PutReal, WritesWholeNumbersWithoutAPoint) {
    EXPECT_EQ(real_text(0.0), "0");
    EXPECT_EQ(real_text(-0.0), "0");
    EXPECT_EQ(real_text(-1.0), "-1");
    EXPECT_EQ(real_text(100000.0), "100000");  // The shortest form alone would be 1e+05.
    EXPECT_EQ(real_text(3600000000.0), "3600000000");
    EXPECT_EQ(real_text(9007199254740992.0), "9007199254740992");
    EXPECT_EQ(real_text(0.1), "0.1");
    EXPECT_EQ(real_text(0.25f), "0.25");
    EXPECT_EQ(real_text(0.1f), "0.1");
    EXPECT_EQ(real_text(1e300), "1e+300");
}

TEST(PutReal, ReadsBackAsTheSameValueAndFitsItsRoom) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 200'000; ++i) {
        double value = 0;
        const std::uint64_t bits = random();
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) continue;
        const std::string text = real_text(value);
        ASSERT_LE(text.size(), kNumberRoom);
        ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    }
    for (const double value : {std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(),
                               -std::numeric_limits<double>::max(), std::nextafter(9007199254740992.0, 1e300)})
        EXPECT_EQ(std::strtod(real_text(value).c_str(), nullptr), value);
}

TEST(RealText, EqualsPutRealHoweverOftenNumbersRecur) {
    std::mt19937_64 random(3);
    RealText text;
    std::vector<double> values(87);
    for (int row = 0; row < 3000; ++row) {
        for (double& value : values) {
            const std::uint64_t kind = random() % 8, bits = random();
            if (kind == 0) std::memcpy(&value, &bits, sizeof value);
            if (kind == 0 && !std::isfinite(value)) value = -std::numeric_limits<double>::max();
            if (kind == 1) value = static_cast<double>(bits % 1000) / 7;
            if (kind == 2) value = static_cast<double>(bits % 5'000'000);
            if (kind > 4) value = kind == 5 ? -0.0 : 0;  // 3 and 4: as in the row before.
        }
        std::string wanted;
        for (const double value : values) wanted += "," + real_text(value);
        std::vector<char> room(values.size() * (kNumberRoom + 1));
        ASSERT_EQ(std::string(room.data(), text.put_cells(room.data(), values)), wanted);
    }
}

TEST(PutAddress, EqualsTheSlowWay) {
    for (const char* text : {"0.0.0.0", "255.255.255.255", "10.0.100.9", "::", "::1", "2001:db8::1",
                             "2001:470:e5bf:dead:4957:2174:e82c:4887", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
        EXPECT_EQ(address_text(text), text);
    std::mt19937_64 random(11);
    for (int i = 0; i < 100'000; ++i) {
        base::IpAddress address;
        for (std::size_t group = 0; group < 8; ++group) {  // Mostly zeros, so that runs of every length occur.
            if (random() % 3 != 0) continue;
            address.bytes[2 * group] = static_cast<std::uint8_t>(random() % 2 == 0 ? 0 : random());
            address.bytes[2 * group + 1] = static_cast<std::uint8_t>(random());
        }
        if (i % 4 == 0) std::fill_n(address.bytes.begin() + 10, 2, 0xff);
        const std::string wanted = to_string(address);
        ASSERT_EQ(address_text(wanted.c_str()), wanted);
    }
}

TEST(TimestampText, EqualsTheSlowWay) {
    TimestampText text;
    std::mt19937_64 random(11);
    char room[kTimestampRoom];
    constexpr base::Nanoseconds kDay = 86'400 * base::kSecond;
    for (int i = 0; i < 100'000; ++i) {
        // Near days so that the remembered date is used, and times before 1970 and across midnight occur.
        const auto time =
            static_cast<base::Nanoseconds>(random() % (3 * kDay)) + static_cast<int>(random() % 3 - 1) * 20'000 * kDay;
        ASSERT_EQ(std::string_view(room, text.put(room, time)), base::format_cic_time(time)) << time;
    }
    for (const base::Nanoseconds time : {base::Nanoseconds{-1}, base::Nanoseconds{0}, kDay - 1, kDay, -kDay, -kDay - 1})
        EXPECT_EQ(std::string_view(room, text.put(room, time)), base::format_cic_time(time)) << time;
}

TEST(CsvCell, QuotesWhatRfc4180WantsQuoted) {
    EXPECT_EQ(csv_cell("train.pcap"), "train.pcap");
    EXPECT_EQ(csv_cell(""), "");
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
    EXPECT_EQ(csv_cell("two\nlines"), "\"two\nlines\"");
    EXPECT_EQ(csv_cell("\""), "\"\"\"\"");
}

TEST(CsvCell, DoesNotLetASpreadsheetCalculate) {
    EXPECT_EQ(csv_cell("=1+2"), "'=1+2");
    EXPECT_EQ(csv_cell("+cmd"), "'+cmd");
    EXPECT_EQ(csv_cell("-x"), "'-x");
    EXPECT_EQ(csv_cell("@SUM(A1)"), "'@SUM(A1)");
    EXPECT_EQ(csv_cell("\t=1"), "'\t=1");
    EXPECT_EQ(csv_cell("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
}

}  // namespace
}  // namespace flowsift::output
