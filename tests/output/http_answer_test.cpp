#include "output/http_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace flowsift::output {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

const system_clock::time_point kNow = system_clock::from_time_t(784'111'777);  // 1994-11-06 08:49:37 UTC.

/// Fed in pieces of `size` bytes.
base::Result<bool> feed(HttpAnswerReader& reader, std::string_view text, std::size_t size) {
    base::Result<bool> whole = false;
    for (; !text.empty() && whole.ok() && !*whole; text.remove_prefix(std::min(size, text.size())))
        whole = reader.feed(text.substr(0, size));
    return whole;
}

TEST(HttpAnswer, IsReadHoweverItIsCut) {
    constexpr std::string_view kText = "HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 5\r\n\r\nlater";
    for (std::size_t size = 1; size <= kText.size(); ++size) {
        HttpAnswerReader reader;
        const auto whole = feed(reader, kText, size);
        ASSERT_TRUE(whole.ok() && *whole) << size;
        EXPECT_EQ(reader.answer(kNow).status, 503u);
        EXPECT_EQ(reader.answer(kNow).retry_after, seconds(120));
        EXPECT_TRUE(reader.answer(kNow).keeps_open);
    }
}

TEST(HttpAnswer, ChunksAndInterimAnswers) {
    HttpAnswerReader reader;
    const auto whole = feed(reader,
                            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </x>\r\n\r\n"
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                            "3\r\nabc\r\n0\r\n\r\n",
                            7);
    ASSERT_TRUE(whole.ok() && *whole);
    EXPECT_EQ(reader.answer(kNow).status, 200u);
    EXPECT_FALSE(reader.answer(kNow).keeps_open);
}

TEST(HttpAnswer, WithoutALengthItEndsWithTheConnection) {
    HttpAnswerReader reader;
    const auto whole = feed(reader, "HTTP/1.0 200 OK\r\n\r\nabc", 100);
    ASSERT_TRUE(whole.ok());
    EXPECT_FALSE(*whole);
    EXPECT_TRUE(reader.end().ok());
    EXPECT_EQ(reader.answer(kNow).status, 200u);
    EXPECT_FALSE(reader.answer(kNow).keeps_open);
}

TEST(HttpAnswer, AnEndTooSoonIsAnError) {
    for (const char* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"}) {
        HttpAnswerReader reader;
        ASSERT_TRUE(reader.feed(text).ok());
        EXPECT_FALSE(reader.end().ok()) << text;
    }
}

TEST(HttpAnswer, LimitsHold) {
    for (const std::string& text :
         {std::string("SSH-2.0-OpenSSH\r\n\r\n"), "HTTP/1.1 200 OK\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n",
          "HTTP/1.1 200 " + std::string(9'000, 'a'), std::string("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 2049638230412172401\r\n\r\nno"),
          "HTTP/1.1 200 OK\r\n\r\n" + std::string(65'537, 'a')}) {
        HttpAnswerReader reader;
        EXPECT_FALSE(feed(reader, text, 1'000).ok()) << text.substr(0, 40);
    }
    std::string endless;
    for (int i = 0; i < 20; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
    HttpAnswerReader reader;  // Interim answers without end become the answer.
    const auto whole = feed(reader, endless, 1'000);
    ASSERT_TRUE(whole.ok() && *whole);
    EXPECT_EQ(reader.answer(kNow).status, 100u);
}

TEST(HttpAnswer, RetryAfterIsSecondsOrADate) {
    EXPECT_EQ(parse_retry_after("0", kNow), seconds(0));
    EXPECT_EQ(parse_retry_after("120", kNow), seconds(120));
    EXPECT_EQ(parse_retry_after("3601", kNow), seconds(3'600));
    EXPECT_EQ(parse_retry_after("99999999999999999999999", kNow), seconds(3'600));
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", kNow), seconds(60));
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", kNow), seconds(0));
    for (const char* text : {"", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:50:37 GMT and more", "06 Nov 1994"})
        EXPECT_FALSE(parse_retry_after(text, kNow).has_value()) << text;
}

}  // namespace
}  // namespace flowsift::output
