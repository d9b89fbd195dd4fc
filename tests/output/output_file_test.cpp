#include "output/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using testing::HasSubstr;

TEST(OutputFile, KeepsOrderBetweenSmallAndLargePieces) {
    const TemporaryFile file("pieces.txt");
    std::string expected;
    {
        auto out = OutputFile::open(file.path());
        ASSERT_TRUE(out.ok());
        for (std::size_t i = 0; i < 200; ++i) {
            const std::string piece(i * i * 7 % 90'000, static_cast<char>('a' + i % 26));
            out->write(piece);
            char* room = out->reserve(1);
            *room = '|';
            out->commit(room + 1);
            expected += piece + "|";
        }
        const std::string larger_than_the_buffer(3 * OutputFile::kCapacity + 17, 'X');
        out->write(larger_than_the_buffer);
        expected += larger_than_the_buffer;
        EXPECT_TRUE(out->finish().ok());
        EXPECT_TRUE(out->finish().ok());
    }
    EXPECT_TRUE(file.content() == expected);
}

TEST(OutputFile, FlushReachesTheReader) {
    const TemporaryFile file("flush.txt");
    auto out = OutputFile::open(file.path());
    ASSERT_TRUE(out.ok());
    out->write("now");
    EXPECT_EQ(file.content(), "");
    out->flush();
    EXPECT_EQ(file.content(), "now");
}

TEST(OutputFile, TellsAFullDiskOnce) {
    if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
    auto out = OutputFile::open("/dev/full");
    ASSERT_TRUE(out.ok());
    for (int i = 0; i < 5; ++i) out->write(std::string(OutputFile::kCapacity, 'x'));  // Must go on, and end.
    const auto result = out->finish();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().message,
              "cannot write /dev/full: No space left on device; it ends after 0 bytes and is incomplete");
}

TEST(OutputFile, SaysWhyAFileCannotBeCreated) {
    const auto out = OutputFile::open("/nonexistent/folder/flows.csv");
    ASSERT_FALSE(out.ok());
    EXPECT_EQ(out.error().message, "cannot create /nonexistent/folder/flows.csv: No such file or directory");
}

}  // namespace
}  // namespace flowsift::output
