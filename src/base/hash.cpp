#include "base/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace flowsift::base {
namespace {

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void absorb(std::uint64_t word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

EVP_MD_CTX* evp(void* context) {
    return static_cast<EVP_MD_CTX*>(context);
}

}  // namespace

HashKey HashKey::random() {
    HashKey key;
    if (getrandom(&key, sizeof key, 0) != static_cast<ssize_t>(sizeof key)) std::abort();  // Linux promises 256 bytes.
    return key;
}

Result<HashKey> HashKey::parse(std::string_view hex) {
    const Error wrong{fmt::format("a hash key is 32 hexadecimal digits, not \"{}\"", hex), ErrorKind::kUsage};
    std::array<std::uint8_t, 16> bytes{};
    if (hex.size() != 2 * bytes.size()) return wrong;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char* end = hex.data() + 2 * i + 2;
        const auto [stop, error] = std::from_chars(end - 2, end, bytes[i], 16);
        if (error != std::errc() || stop != end) return wrong;
    }
    ByteReader reader(bytes);
    HashKey key;
    key.k0 = reader.le64();
    key.k1 = reader.le64();
    return key;
}

std::uint64_t siphash13(const HashKey& key, Bytes bytes) {
    SipState state{key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d, key.k0 ^ 0x6c7967656e657261,
                   key.k1 ^ 0x7465646279746573};
    ByteReader reader(bytes);
    while (reader.remaining() >= 8) state.absorb(reader.le64());
    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    for (int shift = 0; reader.remaining() > 0; shift += 8) last |= static_cast<std::uint64_t>(reader.u8()) << shift;
    state.absorb(last);
    state.v2 ^= 0xff;
    for (int i = 0; i < 3; ++i) state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(evp(context_), EVP_sha256(), nullptr);
}
Sha256::~Sha256() {
    EVP_MD_CTX_free(evp(context_));
}

void Sha256::update(Bytes bytes) {
    EVP_DigestUpdate(evp(context_), bytes.data(), bytes.size());
}

std::array<std::uint8_t, 32> Sha256::finish() {
    std::array<std::uint8_t, 32> digest{};
    EVP_DigestFinal_ex(evp(context_), digest.data(), nullptr);
    return digest;
}

std::array<std::uint8_t, 32> sha256(Bytes bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::array<std::uint8_t, 20> sha1(Bytes bytes) {
    std::array<std::uint8_t, 20> digest{};
    SHA1(bytes.data(), bytes.size(), digest.data());
    return digest;
}

Result<std::string> sha256_of_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file) return Error{fmt::format("cannot read {}: {}", path, std::strerror(errno))};
    Sha256 hash;
    std::vector<std::uint8_t> block(1 << 16);
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get()))
        hash.update(Bytes(block).first(count));
    if (std::ferror(file.get())) return Error{fmt::format("cannot read {}: {}", path, std::strerror(errno))};
    return to_hex(hash.finish());
}

std::string to_hex(Bytes bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace flowsift::base
