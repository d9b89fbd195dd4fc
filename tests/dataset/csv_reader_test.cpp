#include "dataset/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "dataset/cell.h"
#include "tests/dataset/temporary_file.h"

namespace flowsift::dataset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Step = CsvReader::Step;
using Records = std::vector<std::vector<std::string>>;

/// All good records; a bad one is {"BAD", its line, why}.
Records read_all(CsvReader reader) {
    Records records;
    for (Step step = reader.next(); step != Step::kEnd; step = reader.next()) {
        if (step == Step::kReadFailed) {
            records.push_back({"FAILED", reader.fault()});
            return records;
        }
        if (step == Step::kBadRecord)
            records.push_back({"BAD", std::to_string(reader.line()), reader.fault()});
        else
            records.emplace_back(reader.cells().begin(), reader.cells().end());
    }
    return records;
}

Records read_text(std::string_view text, const CsvLimits& limits = {}) {
    return read_all(CsvReader::from_text(text, "text", limits));
}

TEST(CsvReader, SplitsPlainLines) {
    EXPECT_THAT(read_text("a,b,c\n1,,3\n"), ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("1", "", "3")));
}

TEST(CsvReader, TakesALastLineWithoutAnEnd) {
    EXPECT_THAT(read_text("a,b\n1,2"), ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2")));
}

TEST(CsvReader, TakesCrLfByteOrderMarkAndBlankLines) {
    EXPECT_THAT(read_text("\xef\xbb\xbf"
                          "a,b\r\n\r\n  \r\n1,2\r\n\n\"x\",\"y\"\r\n"),
                ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2"), ElementsAre("x", "y")));
}

TEST(CsvReader, UnquotesAsRfc4180Says) {
    // RFC 4180 section 2, rules 5 to 7: quoted separators, line ends and doubled quotes.
    EXPECT_THAT(read_text("\"a,b\",\"c\nd\",\"e \"\"f\"\"\",\"\"\nq,\"\",r,s\n"),
                ElementsAre(ElementsAre("a,b", "c\nd", "e \"f\"", ""), ElementsAre("q", "", "r", "s")));
}

TEST(CsvReader, AQuoteInsideAnUnquotedCellIsItself) {
    EXPECT_THAT(read_text("5\" disk,x\n"), ElementsAre(ElementsAre("5\" disk", "x")));
}

TEST(CsvReader, CountsLinesAlsoInsideQuotes) {
    CsvReader reader = CsvReader::from_text("h\n\"1\n2\"\n\nlast\n", "text");
    ASSERT_EQ(reader.next(), Step::kRecord);
    EXPECT_EQ(reader.line(), 1U);
    ASSERT_EQ(reader.next(), Step::kRecord);
    EXPECT_EQ(reader.line(), 2U);
    ASSERT_EQ(reader.next(), Step::kRecord);
    EXPECT_EQ(reader.line(), 5U);
    EXPECT_EQ(reader.next(), Step::kEnd);
}

TEST(CsvReader, ABadQuoteCostsOneLineOnly) {
    EXPECT_THAT(read_text("a,b\n\"x\"y,1\n\"open,2\n3,4\n"),
                ElementsAre(ElementsAre("a", "b"), ElementsAre("BAD", "2", "text follows a closing quote"),
                            ElementsAre("BAD", "3", "a quote is never closed"), ElementsAre("3", "4")));
}

TEST(CsvReader, HoldsItsLimits) {
    const CsvLimits limits{3, 5, 100};
    EXPECT_THAT(read_text("1,2,3,4\n12345,ok\n123456\n\"123456\"\nz\n", limits),
                ElementsAre(ElementsAre("BAD", "1", "it has more than 3 columns"), ElementsAre("12345", "ok"),
                            ElementsAre("BAD", "3", "a cell is longer than 5 bytes"),
                            ElementsAre("BAD", "4", "a cell is longer than 5 bytes"), ElementsAre("z")));
}

TEST(CsvReader, SkipsALineOfAnyLengthWithoutKeepingIt) {
    const TemporaryFile file("a\n" + std::string(5'000'000, 'x') + "\nb\n");
    auto reader = CsvReader::open(file.path());
    ASSERT_TRUE(reader);
    const Records records = read_all(std::move(*reader));
    ASSERT_EQ(records.size(), 3U);
    EXPECT_THAT(records[1], ElementsAre("BAD", "2", HasSubstr("longer than 1048576 bytes")));
    EXPECT_THAT(records[2], ElementsAre("b"));
}

TEST(CsvReader, EmptyFilesHoldNothing) {
    EXPECT_TRUE(read_text("").empty());
    EXPECT_TRUE(read_text("\n\r\n \n").empty());
    const TemporaryFile file("\xef\xbb\xbf");
    auto reader = CsvReader::open(file.path());
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->next(), Step::kEnd);
}

TEST(CsvReader, SaysWhyAFileCannotBeRead) {
    const auto missing = CsvReader::open("/nonexistent/flows.csv");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("No such file"));
    auto folder = CsvReader::open(std::filesystem::temp_directory_path().string());
    ASSERT_TRUE(folder);
    EXPECT_THAT(read_all(std::move(*folder)), ElementsAre(ElementsAre("FAILED", "Is a directory")));
}

/// The obvious reader of well-formed CSV: one character at a time.
Records read_slowly(std::string_view text) {
    Records records;
    std::vector<std::string> record(1);
    bool is_quoted = false, was_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            record.back() += '"';
            ++i;
        } else if (c == '"') {
            is_quoted = !is_quoted;
            was_quoted = true;
        } else if (!is_quoted && c == ',') {
            record.emplace_back();
        } else if (!is_quoted && c == '\n') {
            if (record.size() > 1 || !record[0].empty() || was_quoted) records.push_back(record);
            record.assign(1, "");
            was_quoted = false;
        } else {
            record.back() += c;
        }
    }
    return records;
}

TEST(CsvReader, EqualsTheSlowReaderAcrossBlockBorders) {
    base::Random random(7);
    constexpr std::string_view kCharacters = "ab,\"\n 0.\r";
    std::string text;
    while (text.size() < 3'000'000) {  // Many blocks of 256 KiB, every border somewhere else within a record.
        const auto cells = 1 + random.below(12);
        for (std::uint32_t i = 0; i < cells; ++i) {
            std::string cell = "c";  // Never blank, so that no line is.
            for (auto length = random.below(random.below(50) ? 20 : 30'000); length > 0; --length)
                cell += kCharacters[random.below(static_cast<std::uint32_t>(kCharacters.size()))];
            if (cell.back() == '\r') cell += '.';
            if (i > 0) text += ',';
            append_csv_cell(text, cell);
        }
        text += '\n';
    }
    const Records expected = read_slowly(text);
    EXPECT_EQ(read_text(text), expected);
    const TemporaryFile file(text);
    auto reader = CsvReader::open(file.path());
    ASSERT_TRUE(reader);
    EXPECT_EQ(read_all(std::move(*reader)), expected);
}

}  // namespace
}  // namespace flowsift::dataset
