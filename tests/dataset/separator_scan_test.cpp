#include "dataset/separator_scan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace flowsift::dataset {
namespace {

/// Bytes that a scan could confuse: those beside ',' (0x2c) and '\n' (0x0a), and the same with the high bit.
std::string random_text(base::Random& random, std::size_t size) {
    constexpr unsigned char kBytes[] = {',', '\n', 0x2b, 0x2d, 0x0b, 0x09, 0xac, 0x8a, 0x00, 0xff, '7', '.'};
    std::string text;
    while (text.size() < size) text += static_cast<char>(kBytes[random.below(sizeof kBytes)]);
    return text;
}

TEST(SeparatorScan, FindsInEveryBlockWhatAByteLoopFinds) {
    base::Random random(1);
    for (int round = 0; round < 2'000; ++round) {
        const std::string text = random_text(random, SeparatorScan::kBlock);
        std::uint64_t wanted = 0;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == ',' || text[i] == '\n') wanted |= std::uint64_t{1} << i;
        ASSERT_EQ(SeparatorScan::separators(text.data()), wanted);
        ASSERT_EQ(SeparatorScan::separators_portable(text.data()), wanted);
    }
}

TEST(SeparatorScan, TellsEachSeparatorOnceWhereverItBeginsAndEnds) {
    base::Random random(2);
    for (int round = 0; round < 500; ++round) {
        const std::size_t end = random.below(300), begin = random.below(static_cast<std::uint32_t>(end + 1));
        const std::string text = random_text(random, end + SeparatorScan::kBlock);
        std::vector<std::size_t> wanted, found;
        for (std::size_t i = begin; i < end; ++i)
            if (text[i] == ',' || text[i] == '\n') wanted.push_back(i);
        SeparatorScan scan(text.data(), begin, end);
        for (std::size_t at = scan.next(); at < end; at = scan.next()) found.push_back(at);
        ASSERT_EQ(found, wanted);
        ASSERT_EQ(scan.next(), end);
    }
}

TEST(SeparatorScan, GoesOnFromWhereItIsTold) {
    const std::string text = "a,b,c,d\n" + std::string(SeparatorScan::kBlock, ' ');
    SeparatorScan scan(text.data(), 0, 8);
    EXPECT_EQ(scan.next(), 1U);
    scan.seek(4);
    EXPECT_EQ(scan.next(), 5U);
    EXPECT_EQ(scan.next(), 7U);
    EXPECT_EQ(scan.next(), 8U);
}

}  // namespace
}  // namespace flowsift::dataset
