#include "output/header_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

base::Result<std::string> read(const std::string& content) {
    const TemporaryFile file("headers");
    std::ofstream(file.path(), std::ios::binary) << content;
    return read_header_file(file.path());
}

TEST(HeaderFile, LinesBecomeHeaders) {
    EXPECT_EQ(*read_header_file(""), "");
    EXPECT_EQ(*read("# who we are\n\nAuthorization: Bearer a.b-c\r\n  X-Key:\t\"1\"  \n# end\nX-Empty:"),
              "Authorization: Bearer a.b-c\r\nX-Key:\t\"1\"\r\nX-Empty:\r\n");
}

TEST(HeaderFile, WhatWouldChangeTheRequestIsRefusedAndNotRepeated) {
    for (const std::string& line :
         {std::string("s3cret"), std::string(": s3cret"), std::string("A B: s3cret"), std::string("content-LENGTH: 1"),
          std::string("Host: s3cret"), std::string("Transfer-Encoding: s3cret"), std::string("A: s3\rcret"),
          std::string("A: s3\0cret", 10), std::string("A: s3\xffret"), std::string(9'000, 's')}) {
        const auto headers = read("X: y\n" + line);
        ASSERT_FALSE(headers.ok()) << line;
        EXPECT_EQ(headers.error().kind, base::ErrorKind::kConfiguration);
        EXPECT_THAT(headers.error().message, testing::HasSubstr(line.size() > 8'000 ? "longer than 8192" : "line 2, "));
        EXPECT_THAT(headers.error().message, testing::Not(testing::HasSubstr("s3")));
    }
    EXPECT_FALSE(read_header_file("/nonexistent").ok());
}

}  // namespace
}  // namespace flowsift::output
