#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

namespace flowsift::base {
namespace {

Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// FIPS 180-4 examples.
TEST(Hash, Sha256OfAbc) {
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 pieces;
    pieces.update(as_bytes("a"));
    EXPECT_EQ(pieces.so_far(), sha256(as_bytes("a")));
    pieces.update(as_bytes("bc"));
    EXPECT_EQ(pieces.finish(), sha256(as_bytes("abc")));
}

// RFC 1321 appendix A.5.
TEST(Hash, Md5OfAbcAndOfWhatComesNext) {
    Md5 md5;
    md5.update(as_bytes("abc"));
    EXPECT_EQ(to_hex(md5.finish()), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(to_hex(md5.finish()), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Hash, Sha1OfAbc) {
    EXPECT_EQ(to_hex(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Hash, Sha256OfMissingFileSaysSo) {
    const auto digest = sha256_of_file("/no/such/file");
    ASSERT_FALSE(digest);
    EXPECT_EQ(digest.error().message, "cannot read /no/such/file: No such file or directory");
}

// `openssl mac -macopt hexkey:0001…0f -macopt c-rounds:1 -macopt d-rounds:3 -macopt size:8 SIPHASH` of the bytes
// 00 01 … 0e prints 5699512A6DD820D3, the little-endian bytes of the value.
TEST(Hash, SipHash13EqualsOpenSsl) {
    std::vector<std::uint8_t> bytes;
    for (std::uint8_t byte = 0; byte < 15; ++byte) bytes.push_back(byte);
    EXPECT_EQ(siphash13({0x0706050403020100, 0x0f0e0d0c0b0a0908}, bytes), 0xd320d86d2a519956u);
}

TEST(Hash, SipHash13OfWordsIsThatOfTheirBytes) {
    const std::array<std::uint64_t, 2> words = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::vector<std::uint8_t> bytes;
    for (std::uint8_t byte = 0; byte < 16; ++byte) bytes.push_back(byte);
    EXPECT_EQ(siphash13({1, 2}, words), siphash13({1, 2}, Bytes(bytes)));
}

TEST(Hash, SipHashDependsOnKeyAndEveryByte) {
    const HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::vector<std::uint8_t> bytes(37);
    std::set<std::uint64_t> seen{siphash13(key, bytes)};
    for (auto& byte : bytes) {
        byte ^= 0x80;
        EXPECT_TRUE(seen.insert(siphash13(key, bytes)).second);
    }
    EXPECT_TRUE(seen.insert(siphash13({key.k0 + 1, key.k1}, bytes)).second);
    EXPECT_TRUE(seen.insert(siphash13({key.k0, key.k1 + 1}, bytes)).second);
    EXPECT_NE(siphash13(key, Bytes(bytes).first(8)), siphash13(key, Bytes(bytes).first(7)));
}

TEST(Hash, AKeyIsThirtyTwoHexadecimalDigits) {
    // The key of SipHash13EqualsOpenSsl, as OpenSSL's hexkey writes it.
    const auto key = HashKey::parse("000102030405060708090a0b0C0D0E0F");
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->k0, 0x0706050403020100u);
    EXPECT_EQ(key->k1, 0x0f0e0d0c0b0a0908u);
    for (const char* wrong : {"", "0", "000102030405060708090a0b0c0d0e0", "000102030405060708090a0b0c0d0e0f0",
                              "000102030405060708090a0b0c0d0e0g", "0x0102030405060708090a0b0c0d0e0f",
                              " 00102030405060708090a0b0c0d0e0f", "-00102030405060708090a0b0c0d0e0f"}) {
        const auto refused = HashKey::parse(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
    }
}

TEST(Hash, RandomKeysDiffer) {
    EXPECT_NE(HashKey::random().k0, HashKey::random().k0);
}

}  // namespace
}  // namespace flowsift::base
