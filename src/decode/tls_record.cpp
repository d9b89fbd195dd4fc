#include "decode/tls_record.h"

#include <algorithm>

#include "decode/client_hello.h"

namespace flowsift::decode {
namespace {

constexpr std::size_t kRecordHeaderBytes = 5;
constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kMajorVersion = 3;
constexpr std::uint8_t kNewestMinorVersion = 4;
constexpr std::size_t kLongestRecord = 1 << 14;

/// Whether what is there of a record's header can be one of a handshake.
bool is_handshake_record(base::ByteReader header) {
    const std::size_t count = header.remaining();
    if (count >= 1 && header.u8() != kHandshake) return false;
    if (count >= 2 && header.u8() != kMajorVersion) return false;
    if (count >= 3 && header.u8() > kNewestMinorVersion) return false;
    if (count < kRecordHeaderBytes) return true;
    const std::size_t length = header.be16();
    return length > 0 && length <= kLongestRecord;
}

/// Length of the message with its header, or 0 while that is not known.
std::size_t message_length(base::Bytes begin) {
    base::ByteReader reader(begin);
    const std::size_t type_and_length = reader.be32();
    return reader.ok() ? (type_and_length & 0xffffff) + kHandshakeHeaderBytes : 0;
}

}  // namespace

Reading find_client_hello(base::Bytes stream, HelloRoom& room, base::Bytes& message) {
    message = {};
    std::size_t copied = 0;  // Pieces of the message, in room.
    for (base::ByteReader reader(stream);;) {
        base::ByteReader ahead = reader;
        const base::Bytes header = ahead.bytes(std::min(kRecordHeaderBytes, reader.remaining()));
        if (!is_handshake_record(base::ByteReader(header))) return Reading::kForeign;
        if (header.size() < kRecordHeaderBytes) return Reading::kNeedsMore;
        reader.skip(kRecordHeaderBytes - 2);
        const std::size_t length = reader.be16();
        const bool is_whole = reader.remaining() >= length;
        const base::Bytes piece = reader.bytes(std::min(length, reader.remaining()));
        if (copied == 0 && !piece.empty() && piece.front() != kClientHelloType) return Reading::kForeign;

        message = piece;
        if (copied > 0 || message_length(piece) == 0 || message_length(piece) > piece.size()) {
            const std::size_t count = std::min(piece.size(), room.size() - copied);
            std::copy_n(piece.begin(), count, room.begin() + copied);
            copied += count;
            message = base::Bytes(room).first(copied);
        }
        const std::size_t wanted = message_length(message);
        if (wanted > room.size()) return Reading::kForeign;
        if (wanted > 0 && message.size() >= wanted) return Reading::kDone;
        if (!is_whole) return Reading::kNeedsMore;
    }
}

}  // namespace flowsift::decode
