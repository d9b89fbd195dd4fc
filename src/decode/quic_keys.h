// The keys of QUIC's Initial packets, which anyone who sees the first packet can derive (RFC 9001 section 5.2, RFC
// 9369 section 3.3): they keep middleboxes from interfering, not from reading.
//
// Owned by one thread; allocates nothing after it was made.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/hash.h"

namespace flowsift::decode {

enum class QuicVersion : std::uint32_t { k1 = 0x00000001, k2 = 0x6b3343cf };

struct QuicKeys {
    std::array<std::uint8_t, 16> key{};  ///< AES-128-GCM.
    std::array<std::uint8_t, 12> iv{};
    std::array<std::uint8_t, 16> header_key{};  ///< AES-128, for header protection.
};

class QuicKeyDeriver {
  public:
    /// What protects the packets of a client whose first packet went to `connection_id` (at most 20 bytes).
    QuicKeys client_keys(QuicVersion version, base::Bytes connection_id);

  private:
    using Secret = std::array<std::uint8_t, 32>;

    /// HMAC (RFC 2104) with SHA-256. `key`: at most a block of SHA-256.
    Secret hmac(base::Bytes key, base::Bytes message);
    /// HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, of at most one hash.
    void expand(const Secret& secret, std::string_view label, std::span<std::uint8_t> out);

    base::Sha256 sha256_;
};

}  // namespace flowsift::decode
