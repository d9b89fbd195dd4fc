#include "serve/target.h"

#include <gtest/gtest.h>

namespace flowsift::serve {
namespace {

TEST(Target, PathAndQueryAreDecoded) {
    const auto target = parse_target("/api/models/a%20b%C3%A9?filter=class%3APort+Scan&empty=&alone&x=1=2#part");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/api/models/a b\xC3\xA9");
    const Fields wanted = {{"filter", "class:Port Scan"}, {"empty", ""}, {"alone", ""}, {"x", "1=2"}};
    EXPECT_EQ(target->query, wanted);
    EXPECT_EQ(parse_target("/a+b")->path, "/a+b");  // A blank only in a query.
}

TEST(Target, WhatIsNotPlainlyHarmlessIsRefused) {
    for (const char* target : {"",
                               "*",
                               "api",
                               "http://evil.example/",
                               "/..",
                               "/../etc",
                               "/a/../b",
                               "/./a",
                               "/%2e%2e/etc",
                               "/%2E%2e",
                               "/a%2fb",
                               "/a%5cb",
                               "/a\\b",
                               "/%00",
                               "/a%0d%0ab",
                               "/%7f",
                               "/%",
                               "/%4",
                               "/%zz",
                               "/%c0%ae",
                               "/%ff",
                               "/a?x=%00",
                               "/a?x=%f"})
        EXPECT_FALSE(parse_target(target)) << target;
    EXPECT_TRUE(parse_target("/...")) << "a name of three dots is one";
    EXPECT_FALSE(parse_target("/" + std::string(kMostTargetBytes, 'a')));
    std::string many = "/?";
    for (std::size_t i = 0; i <= kMostQueryFields; ++i) many += "a=b&";
    EXPECT_FALSE(parse_target(many));
}

TEST(Target, CookiesAreFoundByTheirWholeName) {
    EXPECT_EQ(find_cookie("a=1; session=abc; session=later", "session"), "abc");
    EXPECT_EQ(find_cookie("xsession=no;session=yes", "session"), "yes");
    EXPECT_EQ(find_cookie("sessions=no", "session"), "");
    EXPECT_EQ(find_cookie("session", "session"), "");
    EXPECT_EQ(find_cookie("", "session"), "");
}

}  // namespace
}  // namespace flowsift::serve
