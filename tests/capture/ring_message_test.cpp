// The datagrams between sensor and broker: what is written is read again, and nothing else is.
#include "capture/ring_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace flowsift::capture {
namespace {

using ::testing::HasSubstr;

RingRequest sample() {
    return {.interface = "wan0",
            .block_count = 0x01020304,
            .is_promiscuous = true,
            .filter = {{0x0028, 0, 0, 12}, {0x0015, 1, 2, 0x806}},
            .group = {.number = 0x0a0b, .choice = {{0x0006, 0, 0, 7}}}};
}

TEST(RingMessage, ARequestIsTheseBytes) {
    // Name 16, blocks 4, promiscuous 1, zero 1, group 2, instructions of the filter 2 and of the choice 2; then code 2,
    // jump if true 1, if false 1, number 4.
    const std::vector<std::uint8_t> bytes = {'w', 'a',  'n', '0', 0,   0,   0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 1, 2,
                                             3,   4,    1,   0,   0xa, 0xb, 0, 2, 0, 1, 0, 0x28, 0, 0, 0, 0, 0, 12,
                                             0,   0x15, 1,   2,   0,   0,   8, 6, 0, 6, 0, 0,    0, 0, 0, 7};
    EXPECT_EQ(encode_request(sample()), bytes);
    const auto parsed = parse_request(bytes);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->interface, "wan0");
    EXPECT_EQ(parsed->block_count, 0x01020304U);
    EXPECT_TRUE(parsed->is_promiscuous);
    ASSERT_EQ(parsed->filter.size(), 2U);
    EXPECT_EQ(parsed->filter[1].k, 0x806U);
    EXPECT_EQ(parsed->filter[1].jf, 2U);
    EXPECT_EQ(parsed->group.number, 0x0a0bU);
    ASSERT_EQ(parsed->group.choice.size(), 1U);
    EXPECT_EQ(parsed->group.choice[0].k, 7U);
}

TEST(RingMessage, EveryCutOfARequestIsRefused) {
    const std::vector<std::uint8_t> bytes = encode_request(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(parse_request(std::span(bytes).first(size)).ok()) << size;
    std::vector<std::uint8_t> longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(parse_request(longer).ok());
}

TEST(RingMessage, FieldsOutOfBoundsAreRefused) {
    const auto changed = [](std::size_t at, std::uint8_t value) {
        std::vector<std::uint8_t> bytes = encode_request(sample());
        bytes[at] = value;
        return parse_request(bytes);
    };
    EXPECT_FALSE(changed(0, 0).ok());     // No name.
    EXPECT_FALSE(changed(15, 'x').ok());  // Bytes after its end.
    EXPECT_FALSE(changed(20, 2).ok());    // A flag that is neither.
    EXPECT_FALSE(changed(21, 1).ok());
    EXPECT_FALSE(changed(25, 0).ok());  // No instruction; numbers of them that do not fit.
    EXPECT_FALSE(changed(24, 0xff).ok());
    EXPECT_FALSE(changed(26, 0xff).ok());
    EXPECT_FALSE(changed(27, 0).ok());
    RingRequest alone = sample();
    alone.group.choice.clear();  // A group, and no choice.
    EXPECT_FALSE(parse_request(encode_request(alone)).ok());
    RingRequest unnamed = sample();
    unnamed.interface = std::string(16, 'x');  // No room for its end.
    EXPECT_FALSE(parse_request(encode_request(unnamed)).ok());
}

TEST(RingMessage, RepliesKeepTheirKindAndText) {
    EXPECT_TRUE(parse_reply(encode_reply({})).ok());
    const auto refused = parse_reply(encode_reply(base::Error{"no permission", base::ErrorKind::kPermission}));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind, base::ErrorKind::kPermission);
    EXPECT_EQ(refused.error().message, "no permission");
    EXPECT_EQ(encode_reply(base::Error{std::string(9000, 'x')}).size(), kMostReplyBytes);
    EXPECT_THAT(parse_reply({}).error().message, HasSubstr("broker has ended"));
}

}  // namespace
}  // namespace flowsift::capture
