// OpenSSL 3 calls these functions deprecated in favour of EVP, which allocates for every digest.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/hash.h"

#include <fmt/format.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace flowsift::base {
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
    SipHash13 hash(key);
    ByteReader reader(bytes);
    while (reader.remaining() >= 8) hash.absorb(reader.le64());
    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    for (int shift = 0; reader.remaining() > 0; shift += 8) last |= static_cast<std::uint64_t>(reader.u8()) << shift;
    return hash.finish(last);
}

struct Sha256::State {
    SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    SHA256_Init(&state_->context);
}
Sha256::~Sha256() = default;

void Sha256::update(Bytes bytes) {
    SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

std::array<std::uint8_t, 32> Sha256::so_far() const {
    std::array<std::uint8_t, 32> digest{};
    SHA256_CTX copy = state_->context;
    SHA256_Final(digest.data(), &copy);
    return digest;
}

std::array<std::uint8_t, 32> Sha256::finish() {
    std::array<std::uint8_t, 32> digest{};
    SHA256_Final(digest.data(), &state_->context);
    SHA256_Init(&state_->context);
    return digest;
}

struct Md5::State {
    MD5_CTX context;
};

Md5::Md5() : state_(std::make_unique<State>()) {
    MD5_Init(&state_->context);
}
Md5::~Md5() = default;

void Md5::update(Bytes bytes) {
    MD5_Update(&state_->context, bytes.data(), bytes.size());
}

std::array<std::uint8_t, 16> Md5::finish() {
    std::array<std::uint8_t, 16> digest{};
    MD5_Final(digest.data(), &state_->context);
    MD5_Init(&state_->context);
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
