// JA3 and JA4: two ways to say in a few characters how a TLS client introduces itself, so that the same program is
// known again wherever it connects to.
//
// JA3 (github.com/salesforce/ja3): MD5 of version, ciphers, extensions, groups and point formats in their order. JA4
// (github.com/FoxIO-LLC/ja4, technical_details/JA4.md): readable counts, then truncated SHA-256 of the sorted lists.
// Owned by one thread; allocates nothing after it was made.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/hash.h"
#include "decode/attributes.h"
#include "decode/client_hello.h"

namespace flowsift::decode {

class TlsFingerprinter {
  public:
    /// `transport`: 't' for TCP, 'q' for QUIC, as JA4 begins. Precondition: the hello's message has at most 64 KiB.
    TlsFingerprint of(const ClientHello& hello, char transport);

  private:
    std::array<std::uint8_t, 16> ja3(const ClientHello& hello);

    /// Twelve hexadecimal digits of the hash of a list: `values` sorted, then `tail` as it stands.
    char* put_hash(char* out, std::span<std::uint16_t> values, base::Bytes tail);

    base::Md5 md5_;
    base::Sha256 sha256_;
    std::array<std::uint16_t, 0x8000> sorted_;  ///< Scratch: 2 bytes make a cipher, 4 an extension.
};

}  // namespace flowsift::decode
