// The ClientHello of TLS (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2): what a client says of itself before
// anything is encrypted. Stateless; any thread.
//
// Views of the message, which must outlive them. Shared by TLS over TCP (tls_record.h) and QUIC (quic_initial.h).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace flowsift::decode {

/// The handshake header in front of the message: type and length.
inline constexpr std::size_t kHandshakeHeaderBytes = 4;
inline constexpr std::uint8_t kClientHelloType = 1;

/// Reserved so that servers learn to ignore what they do not know (RFC 8701): says nothing about a client.
constexpr bool is_grease(std::uint16_t value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

struct ClientHello {
    std::uint16_t legacy_version = 0;
    std::uint16_t newest_version = 0;  ///< Of supported_versions without GREASE; legacy_version where that is missing.
    base::Bytes ciphers;               ///< 2 bytes each.
    base::Bytes extensions;            ///< Whole and well-formed: type, length, content.
    // Content of extensions; empty where the extension is missing or malformed.
    bool has_server_name = false;      ///< The extension is there, whatever is in it.
    base::Bytes server_name;           ///< The first host name (RFC 6066 section 3).
    base::Bytes alpn;                  ///< The first protocol (RFC 7301).
    base::Bytes groups;                ///< 2 bytes each.
    base::Bytes point_formats;         ///< 1 byte each (RFC 8422).
    base::Bytes signature_algorithms;  ///< 2 bytes each.
};

/// `message`: with its handshake header; bytes after it are ignored. Empty: not a ClientHello, cut short, or its
/// lengths contradict each other.
std::optional<ClientHello> parse_client_hello(base::Bytes message);

/// The type of the next extension, its content skipped.
std::uint16_t next_extension(base::ByteReader& extensions);

}  // namespace flowsift::decode
