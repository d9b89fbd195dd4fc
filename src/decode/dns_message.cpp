#include "decode/dns_message.h"

#include <algorithm>
#include <iterator>

namespace flowsift::decode {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kLongestLabel = 63, kLongestName = 255;  // On the wire (RFC 1035 section 2.3.4).
constexpr std::uint16_t kResponse = 0x8000;
constexpr std::uint16_t kLatestOpcode = 6;  // DSO (RFC 8490).
constexpr std::uint16_t kInternet = 1;
constexpr std::uint16_t kUnicastResponse = 0x8000;  // Of a question's class in mDNS (RFC 6762 section 5.4).
constexpr std::uint16_t kPlausibleTypes[] = {1,  2,  5,  6,  12, 15, 16, 28,  33,  35,
                                             43, 46, 48, 52, 64, 65, 99, 255, 256, 257};
constexpr std::uint16_t kPlausibleRecords = 64;

struct Header {
    std::uint16_t flags = 0;
    std::uint16_t questions = 0, answers = 0, authorities = 0, additional = 0;

    bool is_response() const { return (flags & kResponse) != 0; }
    std::uint16_t opcode() const { return flags >> 11 & 15; }
    bool has_reserved_bit() const { return (flags & 0x40) != 0; }
};

Header read_header(base::ByteReader& reader) {
    reader.skip(2);  // Identifier.
    Header header;
    header.flags = reader.be16();
    header.questions = reader.be16();
    header.answers = reader.be16();
    header.authorities = reader.be16();
    header.additional = reader.be16();
    return header;
}

/// False: no name, or a compressed one.
bool read_name(base::ByteReader& reader, decltype(Attributes::name)& name) {
    name.clear();
    std::size_t wire_length = 0;
    for (;;) {
        const std::size_t length = reader.u8();
        wire_length += length + 1;
        if (length > kLongestLabel || wire_length > kLongestName) return false;
        if (length == 0) break;
        if (!name.is_empty()) name.append('.');
        for (const std::uint8_t byte : reader.bytes(length)) {
            if (byte == '.' || byte == '\\') name.append('\\');
            name.append(byte);
        }
        if (!reader.ok()) return false;
    }
    if (name.is_empty()) name.append('.');
    return reader.ok();
}

bool is_host_name_character(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           byte == '-' || byte == '_' || byte == '.';
}

/// Whether bytes that no port vouches for are DNS.
bool is_plausible(const Header& header, std::string_view name, std::uint16_t type, std::uint16_t network,
                  std::size_t bytes_left) {
    if (header.opcode() != 0 || header.questions != 1 || header.has_reserved_bit()) return false;
    if (network != kInternet || std::ranges::find(kPlausibleTypes, type) == std::end(kPlausibleTypes)) return false;
    if (name == "." || !std::ranges::all_of(name, is_host_name_character)) return false;
    if (header.is_response())
        return std::max({header.answers, header.authorities, header.additional}) <= kPlausibleRecords;
    if (header.answers + header.authorities > 0 || header.additional > 2) return false;
    return header.additional > 0 || bytes_left == 0;
}

}  // namespace

bool is_dns_port(std::uint16_t port) {
    return port == 53 || port == 5353 || port == 5355;
}

bool read_dns_message(base::Bytes message, bool is_dns_port, Attributes& attributes) {
    base::ByteReader reader(message);
    const Header header = read_header(reader);
    if (!reader.ok() || header.questions == 0 || header.opcode() > kLatestOpcode) return false;
    decltype(attributes.name) name;
    if (!read_name(reader, name)) return false;
    const std::uint16_t type = reader.be16(), network = reader.be16();
    if (!reader.ok()) return false;
    if (!is_dns_port && !is_plausible(header, name.view(), type, network & ~kUnicastResponse, reader.remaining()))
        return false;
    attributes.application = Application::kDns;
    attributes.name = name;
    return true;
}

Reading read_dns_stream(base::Bytes stream, bool is_dns_port, Attributes& attributes) {
    base::ByteReader reader(stream);
    const std::size_t length = reader.be16();
    if (!is_dns_port && (!reader.ok() || reader.remaining() < length)) return Reading::kForeign;
    if (!reader.ok()) return Reading::kNeedsMore;
    if (length < kHeaderBytes) return Reading::kForeign;
    // A long answer need not be there as a whole: its question stands first.
    const base::Bytes message = reader.bytes(std::min(length, reader.remaining()));
    if (read_dns_message(message, is_dns_port, attributes)) return Reading::kDone;
    return message.size() < length ? Reading::kNeedsMore : Reading::kForeign;
}

}  // namespace flowsift::decode
