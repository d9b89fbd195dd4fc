#include "decode/quic_keys.h"

#include <algorithm>

namespace flowsift::decode {
namespace {

using Salt = std::array<std::uint8_t, 20>;

/// RFC 9001 section 5.2 and RFC 9369 section 3.3.1.
constexpr Salt kSalt1 = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                         0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt kSalt2 = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                         0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};

struct Labels {
    std::string_view key, iv, header_key;
};
constexpr Labels kLabels1{"quic key", "quic iv", "quic hp"};
constexpr Labels kLabels2{"quicv2 key", "quicv2 iv", "quicv2 hp"};

}  // namespace

QuicKeys QuicKeyDeriver::client_keys(QuicVersion version, base::Bytes connection_id) {
    const bool is_first = version == QuicVersion::k1;
    const Labels& labels = is_first ? kLabels1 : kLabels2;
    const Secret initial = hmac(is_first ? kSalt1 : kSalt2, connection_id);
    Secret client;
    expand(initial, "client in", client);
    QuicKeys keys;
    expand(client, labels.key, keys.key);
    expand(client, labels.iv, keys.iv);
    expand(client, labels.header_key, keys.header_key);
    return keys;
}

QuicKeyDeriver::Secret QuicKeyDeriver::hmac(base::Bytes key, base::Bytes message) {
    std::array<std::uint8_t, base::Sha256::kBlockBytes> pad{};
    std::ranges::copy(key, pad.begin());
    for (std::uint8_t& byte : pad) byte ^= 0x36;
    sha256_.update(pad);
    sha256_.update(message);
    const Secret inner = sha256_.finish();
    for (std::uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
    sha256_.update(pad);
    sha256_.update(inner);
    return sha256_.finish();
}

void QuicKeyDeriver::expand(const Secret& secret, std::string_view label, std::span<std::uint8_t> out) {
    constexpr std::string_view kPrefix = "tls13 ";
    std::array<std::uint8_t, 32> info{};
    auto next = info.begin();
    *next++ = 0;
    *next++ = static_cast<std::uint8_t>(out.size());
    *next++ = static_cast<std::uint8_t>(kPrefix.size() + label.size());
    next = std::ranges::copy(kPrefix, next).out;
    next = std::ranges::copy(label, next).out;
    *next++ = 0;  // Length of the context.
    *next++ = 1;  // Number of the first block of HKDF-Expand (RFC 5869 section 2.3), the only one needed.
    const auto count = static_cast<std::size_t>(next - info.begin());
    std::copy_n(hmac(secret, base::Bytes(info).first(count)).begin(), out.size(), out.begin());
}

}  // namespace flowsift::decode
