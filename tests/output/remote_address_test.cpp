#include "output/remote_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace flowsift::output {
namespace {

constexpr RemoteScheme kSchemes[] = {{"tls", 6514, true, false}, {"http", 80, false, true}};

RemoteAddress parsed(std::string_view text) {
    const auto address = parse_remote_address(text, kSchemes);
    EXPECT_TRUE(address.ok()) << text << ": " << (address ? "" : address.error().message);
    return address ? *address : RemoteAddress{};
}

TEST(RemoteAddress, HostPortAndTarget) {
    const RemoteAddress plain = parsed("tls://host.example");
    EXPECT_EQ(plain.host, "host.example");
    EXPECT_EQ(plain.port, 6514);
    EXPECT_TRUE(plain.is_tls);
    EXPECT_EQ(plain.target, "");
    EXPECT_EQ(plain.place(), "tls://host.example");
    const RemoteAddress full = parsed("HTTP://[2001:db8::1]:8080/a/b?c=d");
    EXPECT_EQ(full.host, "2001:db8::1");
    EXPECT_EQ(full.port, 8080);
    EXPECT_FALSE(full.is_tls);
    EXPECT_EQ(full.target, "/a/b?c=d");
    EXPECT_EQ(full.authority(), "[2001:db8::1]:8080");
    EXPECT_EQ(parsed("http://10.0.0.1").target, "/");
    EXPECT_EQ(parsed("http://h?q").target, "/?q");
    EXPECT_EQ(parsed("http://h:80/").authority(), "h");
    EXPECT_EQ(parsed("tls://h:65535/").port, 65535);
}

TEST(RemoteAddress, WhatIsNoneIsRefusedAndNotRepeated) {
    const std::string long_label = "tls://" + std::string(64, 'a');
    const std::string long_name = "http://h/" + std::string(2'048, 'a');
    for (const std::string& text : {std::string(),
                                    std::string("tls"),
                                    std::string("tls:/h"),
                                    std::string("udp://h"),
                                    std::string("tls://"),
                                    std::string("tls://h:"),
                                    std::string("tls://h:0"),
                                    std::string("tls://h:65536"),
                                    std::string("tls://h:1x"),
                                    std::string("tls://h:+1"),
                                    std::string("tls://[::1"),
                                    std::string("tls://[::1]6514"),
                                    std::string("tls://::1"),
                                    std::string("tls://[h]"),
                                    std::string("tls://[10.0.0.1]"),
                                    std::string("tls://h..i"),
                                    std::string("tls://.h"),
                                    std::string("tls://h h"),
                                    std::string("tls://gr\xc3\xb6"),
                                    std::string("tls://h/secret"),
                                    std::string("http://me:secret@h/"),
                                    std::string("http://h/secret#x"),
                                    std::string("http://h/secret x"),
                                    std::string("http://h/secret\r\nX: y"),
                                    std::string("http://h/secret\0", 16),
                                    long_label,
                                    long_name}) {
        const auto address = parse_remote_address(text, kSchemes);
        ASSERT_FALSE(address.ok()) << text;
        EXPECT_EQ(address.error().kind, base::ErrorKind::kUsage);
        EXPECT_THAT(address.error().message, testing::Not(testing::HasSubstr("secret")));
    }
}

}  // namespace
}  // namespace flowsift::output
