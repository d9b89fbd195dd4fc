#include "base/bytes.h"

#include <gtest/gtest.h>

#include <vector>

namespace flowsift::base {
namespace {

const std::vector<std::uint8_t> kBytes = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09};

TEST(ByteReader, ReadsBothByteOrders) {
    ByteReader big(kBytes);
    EXPECT_EQ(big.be16(), 0x0102);
    EXPECT_EQ(big.be32(), 0x03040506u);
    EXPECT_EQ(big.u8(), 0x07);
    EXPECT_EQ(big.remaining(), 2u);

    ByteReader little(kBytes);
    EXPECT_EQ(little.le64(), 0x0807060504030201u);
    EXPECT_EQ(little.position(), 8u);
    EXPECT_TRUE(little.ok());
}

TEST(ByteReader, FailedReadPoisonsTheReader) {
    ByteReader reader(kBytes);
    reader.skip(6);
    EXPECT_EQ(reader.be32(), 0u);  // Three bytes are left.
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0u);  // One byte would have fitted: it is not given any more.
    EXPECT_EQ(reader.remaining(), 0u);
    EXPECT_TRUE(reader.rest().empty());
}

TEST(ByteReader, HugeCountDoesNotWrap) {
    ByteReader reader(kBytes);
    reader.skip(1);
    EXPECT_TRUE(reader.bytes(static_cast<std::size_t>(-1)).empty());
    EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, RestIsWhatIsLeft) {
    ByteReader reader(kBytes);
    reader.skip(7);
    const Bytes rest = reader.rest();
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[0], 0x08);
    EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, ReadsAHeaderOfKnownSizeAtOnce) {
    const std::array<std::uint8_t, 7> bytes = {1, 2, 3, 4, 5, 6, 7};
    ByteReader reader(bytes);
    const auto header = reader.fixed<6>();
    EXPECT_EQ(header.u8<0>(), 1);
    EXPECT_EQ(header.be16<1>(), 0x0203);
    EXPECT_EQ(header.be32<2>(), 0x03040506u);
    EXPECT_EQ((header.bytes<3, 2>()[1]), 5);
    EXPECT_EQ(reader.remaining(), 1u);
    // Not enough is left: zeros, and nothing more can be read.
    EXPECT_EQ(reader.fixed<2>().be16<0>(), 0);
    EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace flowsift::base
