#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace flowsift::base {
namespace {

TEST(IpAddress, FormatsAndParses) {
    for (const char* text : {"0.0.0.0", "10.1.2.3", "255.255.255.255", "::1", "2001:db8::8:800:200c:417a", "fe80::1"}) {
        const auto address = parse_ip_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(to_string(*address), text);
    }
    EXPECT_FALSE(parse_ip_address("10.1.2"));
    EXPECT_FALSE(parse_ip_address("10.1.2.3.4"));
    EXPECT_FALSE(parse_ip_address(""));
}

TEST(IpAddress, KeepsTheFamily) {
    const auto v4 = parse_ip_address("10.1.2.3");
    EXPECT_TRUE(v4->is_v4());
    EXPECT_EQ(v4->network().size(), 4u);
    EXPECT_EQ(v4->v4()[0], 10);
    const auto v6 = parse_ip_address("::a01:203");  // The same low bytes, but not mapped.
    EXPECT_FALSE(v6->is_v4());
    EXPECT_EQ(v6->network().size(), 16u);
    EXPECT_NE(*v4, *v6);
}

TEST(IpPrefix, ContainsByBits) {
    const auto prefix = parse_ip_prefix("10.1.128.0/17");
    ASSERT_TRUE(prefix);
    EXPECT_EQ(prefix->length, 128 - 32 + 17);
    EXPECT_TRUE(prefix->contains(*parse_ip_address("10.1.128.0")));
    EXPECT_TRUE(prefix->contains(*parse_ip_address("10.1.255.255")));
    EXPECT_FALSE(prefix->contains(*parse_ip_address("10.1.127.255")));
    EXPECT_FALSE(prefix->contains(*parse_ip_address("::a01:8000")));
    EXPECT_TRUE(parse_ip_prefix("0.0.0.0/0")->contains(*parse_ip_address("8.8.8.8")));
    EXPECT_FALSE(parse_ip_prefix("0.0.0.0/0")->contains(*parse_ip_address("::1")));
    EXPECT_TRUE(parse_ip_prefix("::/0")->contains(*parse_ip_address("8.8.8.8")));
    EXPECT_TRUE(parse_ip_prefix("10.0.0.1")->contains(*parse_ip_address("10.0.0.1")));
    EXPECT_FALSE(parse_ip_prefix("10.0.0.1")->contains(*parse_ip_address("10.0.0.2")));
}

TEST(IpPrefix, RefusesBadLengths) {
    for (const char* text : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "::/129", "/8"})
        EXPECT_FALSE(parse_ip_prefix(text)) << text;
}

TEST(IpAddress, IsTheSameFromBytesOfKnownNumber) {
    const std::array<std::uint8_t, 16> bytes = {10, 0, 0, 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    const std::span<const std::uint8_t, 16> six(bytes);
    EXPECT_EQ(IpAddress::from_v4(six.first<4>()), *parse_ip_address("10.0.0.1"));
    EXPECT_TRUE(IpAddress::from_v4(six.first<4>()).is_v4());
    EXPECT_EQ(IpAddress::from_v6(six), IpAddress::from_network(six));
    EXPECT_FALSE(IpAddress::from_v6(six).is_v4());
}

}  // namespace
}  // namespace flowsift::base
