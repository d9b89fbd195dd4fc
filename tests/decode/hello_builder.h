// ClientHellos for tests, from lists of numbers, built from the picture of RFC 8446 and independently of the parser.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/decode/packet_builder.h"

namespace flowsift::decode::test {

inline Buffer text(std::string_view text) {
    return {text.begin(), text.end()};
}
inline Buffer u8(std::size_t value) {
    return {static_cast<std::uint8_t>(value)};
}
inline Buffer vector8(const Buffer& content) {
    return u8(content.size()) + content;
}
inline Buffer vector16(const Buffer& content) {
    return be16(content.size()) + content;
}
inline Buffer list16(const std::vector<std::size_t>& values) {
    Buffer list;
    for (const std::size_t value : values) list = list + be16(value);
    return list;
}

/// One of ClientHelloText::extensions: a type, and the content where the test cares.
struct Extension {
    std::size_t type;
    Buffer content = {};
};

inline Extension server_name(std::string_view name) {
    return {0, vector16(u8(0) + vector16(text(name)))};
}
inline Extension groups(const std::vector<std::size_t>& values) {
    return {10, vector16(list16(values))};
}
inline Extension point_formats(const Buffer& values) {
    return {11, vector8(values)};
}
inline Extension signature_algorithms(const std::vector<std::size_t>& values) {
    return {13, vector16(list16(values))};
}
inline Extension alpn(const std::vector<std::string_view>& protocols) {
    Buffer list;
    for (const std::string_view protocol : protocols) list = list + vector8(text(protocol));
    return {16, vector16(list)};
}
inline Extension supported_versions(const std::vector<std::size_t>& values) {
    return {43, vector8(list16(values))};
}

struct Hello {
    std::size_t version = 0x0303;
    std::vector<std::size_t> ciphers = {0x1301};
    std::optional<std::vector<Extension>> extensions = std::vector<Extension>{};
};

/// The handshake message, with its header.
inline Buffer client_hello(const Hello& hello) {
    Buffer body = be16(hello.version) + bytes(32, 0x77) + vector8(bytes(32, 0x55)) + vector16(list16(hello.ciphers)) +
                  vector8(u8(0));
    if (hello.extensions) {
        Buffer list;
        for (const Extension& extension : *hello.extensions)
            list = list + be16(extension.type) + vector16(extension.content);
        body = body + vector16(list);
    }
    return u8(1) + u8(body.size() >> 16) + be16(body.size() & 0xffff) + body;
}

/// A TLS record of a handshake.
inline Buffer tls_record(const Buffer& content) {
    return Buffer{22, 3, 1} + vector16(content);
}

}  // namespace flowsift::decode::test
