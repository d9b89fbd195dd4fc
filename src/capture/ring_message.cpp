#include "capture/ring_message.h"

#include <net/if.h>

#include <algorithm>
#include <string_view>

namespace flowsift::capture {
namespace {

constexpr std::size_t kHeaderBytes = 28;  // Name 16, blocks 4, promiscuous 1, zero 1, group 2, instructions 2 + 2.
constexpr std::size_t kInstructionBytes = 8;
static_assert(kMostRequestBytes == kHeaderBytes + 2 * BPF_MAXINSNS * kInstructionBytes);

void put(std::vector<std::uint8_t>& bytes, std::uint64_t number, unsigned size) {
    for (unsigned i = size; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

void put(std::vector<std::uint8_t>& bytes, const std::vector<sock_filter>& program) {
    for (const sock_filter& one : program) {
        put(bytes, one.code, 2);
        put(bytes, one.jt, 1);
        put(bytes, one.jf, 1);
        put(bytes, one.k, 4);
    }
}

std::vector<sock_filter> take_program(base::ByteReader& reader, std::size_t count) {
    std::vector<sock_filter> program;
    program.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        sock_filter one{};
        one.code = reader.be16();
        one.jt = reader.u8();
        one.jf = reader.u8();
        one.k = reader.be32();
        program.push_back(one);
    }
    return program;
}

base::Error malformed(const char* what) {
    return base::Error{std::string("malformed request to the capture broker: ") + what};
}

}  // namespace

std::vector<std::uint8_t> encode_request(const RingRequest& request) {
    std::vector<std::uint8_t> bytes(request.interface.begin(), request.interface.end());
    bytes.resize(IFNAMSIZ);
    put(bytes, request.block_count, 4);
    put(bytes, request.is_promiscuous ? 1 : 0, 1);
    put(bytes, 0, 1);
    put(bytes, request.group.number, 2);
    put(bytes, request.filter.size(), 2);
    put(bytes, request.group.choice.size(), 2);
    put(bytes, request.filter);
    put(bytes, request.group.choice);
    return bytes;
}

base::Result<RingRequest> parse_request(base::Bytes bytes) {
    base::ByteReader reader(bytes);
    const base::Bytes name = reader.bytes(IFNAMSIZ);
    RingRequest request;
    request.block_count = reader.be32();
    const std::uint8_t promiscuous = reader.u8();
    const std::uint8_t zero = reader.u8();
    request.group.number = reader.be16();
    const std::size_t count = reader.be16(), choice = reader.be16();
    if (!reader.ok()) return malformed("too short");
    if (count < 1 || count > BPF_MAXINSNS || choice > BPF_MAXINSNS ||
        bytes.size() != kHeaderBytes + (count + choice) * kInstructionBytes)
        return malformed("its length does not fit its number of instructions");
    if (choice == 0 && request.group.number != 0) return malformed("a group without a choice");
    if (promiscuous > 1 || zero != 0) return malformed("a flag that is neither 0 nor 1");
    const auto end = std::find(name.begin(), name.end(), 0);
    if (end == name.begin() || end == name.end() || std::any_of(end, name.end(), [](auto byte) { return byte != 0; }))
        return malformed("the name of the interface");
    request.interface.assign(name.begin(), end);
    request.is_promiscuous = promiscuous == 1;
    request.filter = take_program(reader, count);
    request.group.choice = take_program(reader, choice);
    return request;
}

std::vector<std::uint8_t> encode_reply(const base::Result<void>& outcome) {
    if (outcome) return {0};
    std::vector<std::uint8_t> bytes = {static_cast<std::uint8_t>(outcome.error().kind)};
    const auto text = std::string_view(outcome.error().message).substr(0, kMostReplyBytes - 1);
    bytes.insert(bytes.end(), text.begin(), text.end());
    return bytes;
}

base::Result<void> parse_reply(base::Bytes bytes) {
    if (bytes.empty()) return base::Error{"the capture broker has ended; start flowsift again"};
    if (bytes.front() == 0) return {};
    const base::Bytes text = bytes.subspan(1);
    return base::Error{std::string(text.begin(), text.end()), static_cast<base::ErrorKind>(bytes.front())};
}

}  // namespace flowsift::capture
