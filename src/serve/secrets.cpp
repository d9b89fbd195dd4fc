#include "serve/secrets.h"

#include <argon2.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "base/hash.h"

namespace flowsift::serve {
namespace {

constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kKibibytes = 19 * 1024;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMostEncoded = 160;

/// Of a password that nobody has, so that an unknown user costs what a known one does.
constexpr char kNobodysHash[] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

std::mutex& one_at_a_time() {
    static std::mutex mutex;
    return mutex;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> random_bytes() {
    std::array<std::uint8_t, Size> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(Size)) != 1) std::abort();  // No secret is better than a known one.
    return bytes;
}

}  // namespace

std::string random_token() {
    return base::to_hex(random_bytes<32>());
}

std::string token_hash(std::string_view token) {
    return base::to_hex(base::sha256({reinterpret_cast<const std::uint8_t*>(token.data()), token.size()}));
}

bool is_same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

base::Result<std::string> hash_password(std::string_view password) {
    if (password.size() < kLeastPassword || password.size() > kMostPassword)
        return base::Error{fmt::format("a password has {} to {} bytes; choose another", kLeastPassword, kMostPassword),
                           base::ErrorKind::kUsage};
    const auto salt = random_bytes<kSaltBytes>();
    std::array<char, kMostEncoded> encoded{};
    const std::lock_guard lock(one_at_a_time());
    const int code = argon2id_hash_encoded(kPasses, kKibibytes, kLanes, password.data(), password.size(), salt.data(),
                                           salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (code != ARGON2_OK) return base::Error{std::string("cannot hash the password: ") + argon2_error_message(code)};
    return std::string(encoded.data());
}

bool is_password(const std::string& hash, std::string_view password) {
    if (password.size() > kMostPassword) return false;
    const std::lock_guard lock(one_at_a_time());
    const char* encoded = hash.empty() ? kNobodysHash : hash.c_str();
    return argon2id_verify(encoded, password.data(), password.size()) == ARGON2_OK && !hash.empty();
}

}  // namespace flowsift::serve
