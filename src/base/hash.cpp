#include "base/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace flowsift::base {
namespace {

EVP_MD_CTX* evp(void* context) {
    return static_cast<EVP_MD_CTX*>(context);
}

}  // namespace

HashKey HashKey::random() {
    HashKey key;
    if (getrandom(&key, sizeof key, 0) != static_cast<ssize_t>(sizeof key)) std::abort();  // Linux promises 256 bytes.
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
