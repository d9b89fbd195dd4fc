#include "decode/stream_head.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/decode/hello_builder.h"

namespace flowsift::decode {
namespace {

using test::text;

std::string begin_of(const StreamHead& head) {
    const base::Bytes bytes = head.contiguous();
    return {bytes.begin(), bytes.end()};
}

TEST(StreamHead, PutsPiecesInOrder) {
    StreamHead head;
    head.put(4, text("ef"));
    EXPECT_EQ(begin_of(head), "");
    head.put(0, text("ab"));
    EXPECT_EQ(begin_of(head), "ab");
    head.put(2, text("cd"));
    EXPECT_EQ(begin_of(head), "abcdef");
    head.clear();
    EXPECT_EQ(begin_of(head), "");
    head.put(2, text("x"));
    EXPECT_EQ(begin_of(head), "");
}

TEST(StreamHead, TheFirstCopyOfAByteStays) {
    StreamHead head;
    head.put(1, text("bc"));
    head.put(0, text("AXXD"));
    EXPECT_EQ(begin_of(head), "AbcD");
}

TEST(StreamHead, HoldsEightKibibytesAndNoMore) {
    const auto head = std::make_unique<StreamHead>();
    head->put(StreamHead::kCapacity, text("beyond"));
    head->put(SIZE_MAX / 2, text("far beyond"));
    head->put(1, test::bytes(StreamHead::kCapacity));
    EXPECT_FALSE(head->is_full());
    head->put(0, text("a"));
    EXPECT_TRUE(head->is_full());
    EXPECT_EQ(head->contiguous().size(), 8192u);
}

}  // namespace
}  // namespace flowsift::decode
