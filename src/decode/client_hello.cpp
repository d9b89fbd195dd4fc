#include "decode/client_hello.h"

#include <algorithm>

namespace flowsift::decode {
namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kLongestSessionId = 32;
constexpr std::uint8_t kHostName = 0;

/// A reader of the vector that a length of one or two bytes announces.
base::ByteReader vector8(base::ByteReader& reader) {
    return base::ByteReader(reader.bytes(reader.u8()));
}
base::ByteReader vector16(base::ByteReader& reader) {
    return base::ByteReader(reader.bytes(reader.be16()));
}

void read_server_name(base::ByteReader content, ClientHello& hello) {
    hello.has_server_name = true;
    base::ByteReader names = vector16(content);
    while (names.remaining() > 0) {
        const std::uint8_t type = names.u8();
        const base::Bytes name = vector16(names).rest();
        if (!names.ok()) return;
        if (type != kHostName) continue;
        hello.server_name = name;
        return;
    }
}

void read_alpn(base::ByteReader content, ClientHello& hello) {
    base::ByteReader protocols = vector16(content);
    hello.alpn = vector8(protocols).rest();
}

void read_supported_versions(base::ByteReader content, ClientHello& hello) {
    std::uint16_t newest = 0;
    for (base::ByteReader versions = vector8(content); versions.remaining() >= 2;) {
        const std::uint16_t version = versions.be16();
        if (!is_grease(version)) newest = std::max(newest, version);
    }
    if (newest > 0) hello.newest_version = newest;
}

/// The extensions whose content matters, by type (IANA TLS ExtensionType values).
struct ExtensionRow {
    std::uint16_t type;
    void (*read)(base::ByteReader content, ClientHello& hello);
};
constexpr ExtensionRow kExtensions[] = {
    {0, read_server_name},
    {10, [](base::ByteReader content, ClientHello& hello) { hello.groups = vector16(content).rest(); }},
    {11, [](base::ByteReader content, ClientHello& hello) { hello.point_formats = vector8(content).rest(); }},
    {13, [](base::ByteReader content, ClientHello& hello) { hello.signature_algorithms = vector16(content).rest(); }},
    {16, read_alpn},
    {43, read_supported_versions},
};

/// False: they contradict their lengths.
bool read_extensions(ClientHello& hello) {
    base::ByteReader reader(hello.extensions);
    while (reader.remaining() > 0) {
        const std::uint16_t type = reader.be16();
        const base::ByteReader content = vector16(reader);
        if (!reader.ok()) return false;
        const auto* row = std::ranges::find(kExtensions, type, &ExtensionRow::type);
        if (row != std::end(kExtensions)) row->read(content, hello);
    }
    return true;
}

}  // namespace

std::optional<ClientHello> parse_client_hello(base::Bytes message) {
    base::ByteReader header(message);
    if (header.u8() != kClientHelloType) return std::nullopt;
    const std::size_t length = std::size_t{header.u8()} << 16 | header.be16();
    base::ByteReader reader(header.bytes(length));
    ClientHello hello;
    hello.legacy_version = hello.newest_version = reader.be16();
    reader.skip(kRandomBytes);
    const std::size_t session_id = reader.u8();
    reader.skip(session_id);
    hello.ciphers = vector16(reader).rest();
    const std::size_t compression_methods = vector8(reader).remaining();
    if (!header.ok() || !reader.ok()) return std::nullopt;
    if (session_id > kLongestSessionId || hello.ciphers.size() % 2 != 0 || compression_methods == 0)
        return std::nullopt;
    if (reader.remaining() > 0) hello.extensions = vector16(reader).rest();
    if (!reader.ok() || !read_extensions(hello)) return std::nullopt;
    return hello;
}

std::uint16_t next_extension(base::ByteReader& extensions) {
    const std::uint16_t type = extensions.be16();
    extensions.skip(extensions.be16());
    return type;
}

}  // namespace flowsift::decode
