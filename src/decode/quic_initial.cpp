#include "decode/quic_initial.h"

#include <openssl/evp.h>

#include <algorithm>

namespace flowsift::decode {
namespace {

constexpr std::uint8_t kLongHeader = 0x80, kFixedBit = 0x40;
constexpr std::size_t kLongestConnectionId = 20;
constexpr std::size_t kSampleBytes = 16, kTagBytes = 16;
constexpr std::size_t kSampleOffset = 4;  // From the begin of the packet number, as if that had four bytes.

EVP_CIPHER_CTX* evp(void* context) {
    return static_cast<EVP_CIPHER_CTX*>(context);
}

/// Variable-length integer (RFC 9000 section 16).
std::uint64_t varint(base::ByteReader& reader) {
    const std::uint8_t first = reader.u8();
    std::uint64_t value = first & 0x3f;
    for (int left = (1 << (first >> 6)) - 1; left > 0; --left) value = value << 8 | reader.u8();
    return value;
}

/// Packet types of long headers; version 2 has turned them by one (RFC 9369 section 3.2).
enum class LongType : std::uint8_t { kInitial, kZeroRtt, kHandshake, kRetry };

LongType type_of(std::uint8_t first, QuicVersion version) {
    const int bits = first >> 4 & 3;
    return static_cast<LongType>(version == QuicVersion::k1 ? bits : (bits + 3) & 3);
}

bool is_known(std::uint32_t version) {
    return version == static_cast<std::uint32_t>(QuicVersion::k1) ||
           version == static_cast<std::uint32_t>(QuicVersion::k2);
}

namespace frame {
constexpr std::uint64_t kPadding = 0, kPing = 1, kAck = 2, kAckWithEcn = 3, kCrypto = 6;
}

void skip_ack(base::ByteReader& frames, bool has_ecn) {
    varint(frames);  // Largest acknowledged.
    varint(frames);  // Delay.
    std::uint64_t ranges = varint(frames);
    varint(frames);  // First range.
    for (; ranges > 0 && frames.ok(); --ranges) {
        varint(frames);
        varint(frames);
    }
    for (int counts = has_ecn ? 3 : 0; counts > 0; --counts) varint(frames);
}

/// Hands the CRYPTO frames (RFC 9000 section 19.6) to `crypto`; ends at the first frame that no Initial packet has to
/// bear on its way.
void collect_crypto(base::Bytes payload, StreamHead& crypto) {
    for (base::ByteReader frames(payload); frames.remaining() > 0;) {
        const std::uint64_t type = varint(frames);
        if (type == frame::kPadding || type == frame::kPing) continue;
        if (type == frame::kAck || type == frame::kAckWithEcn) {
            skip_ack(frames, type == frame::kAckWithEcn);
            continue;
        }
        if (type != frame::kCrypto) return;
        const std::uint64_t offset = varint(frames);
        const base::Bytes data = frames.bytes(varint(frames));
        if (offset < StreamHead::kCapacity) crypto.put(offset, data);
    }
}

}  // namespace

/// One Initial packet in its datagram, still protected.
struct QuicInitialReader::InitialPacket {
    QuicVersion version = QuicVersion::k1;
    base::Bytes connection_id;
    base::Bytes header;          ///< Up to the packet number.
    base::Bytes protected_part;  ///< From the packet number on, tag included.
};

QuicInitialReader::QuicInitialReader() : aead_(EVP_CIPHER_CTX_new()), header_(EVP_CIPHER_CTX_new()) {
    EVP_DecryptInit_ex(evp(aead_), EVP_aes_128_gcm(), nullptr, nullptr, nullptr);
    EVP_EncryptInit_ex(evp(header_), EVP_aes_128_ecb(), nullptr, nullptr, nullptr);
}
QuicInitialReader::~QuicInitialReader() {
    EVP_CIPHER_CTX_free(evp(aead_));
    EVP_CIPHER_CTX_free(evp(header_));
}

bool QuicInitialReader::add(base::Bytes datagram, QuicFlight& flight) {
    bool is_read = false;
    base::ByteReader reader(datagram);
    while (const auto packet = next_initial(reader)) {
        if (++flight.packets > QuicFlight::kMostPackets) break;
        is_read |= add(*packet, flight);
    }
    return is_read;
}

/// The next Initial packet of a datagram, others that are coalesced with it skipped (RFC 9000 section 12.2).
std::optional<QuicInitialReader::InitialPacket> QuicInitialReader::next_initial(base::ByteReader& datagram) {
    while (datagram.remaining() > 0) {
        const base::Bytes whole = base::ByteReader(datagram).rest();
        const std::size_t start = datagram.position();
        const std::uint8_t first = datagram.u8();
        const std::uint32_t version = datagram.be32();
        if ((first & (kLongHeader | kFixedBit)) != (kLongHeader | kFixedBit) || !is_known(version)) return std::nullopt;
        InitialPacket packet{.version = QuicVersion{version}};
        packet.connection_id = datagram.bytes(datagram.u8());
        const base::Bytes source_id = datagram.bytes(datagram.u8());
        if (std::max(packet.connection_id.size(), source_id.size()) > kLongestConnectionId) return std::nullopt;
        const LongType type = type_of(first, packet.version);
        if (type == LongType::kRetry) return std::nullopt;                // It has no length: nothing can follow it.
        if (type == LongType::kInitial) datagram.skip(varint(datagram));  // Token.
        const std::uint64_t length = varint(datagram);
        packet.header = whole.first(datagram.position() - start);
        packet.protected_part = datagram.bytes(length);
        if (!datagram.ok()) return std::nullopt;
        if (type == LongType::kInitial) return packet;
    }
    return std::nullopt;
}

bool QuicInitialReader::add(const InitialPacket& packet, QuicFlight& flight) {
    const QuicKeys fresh = deriver_.client_keys(packet.version, packet.connection_id);
    std::optional<base::Bytes> payload = decrypt(packet, fresh);
    if (payload) {
        flight.keys = fresh;
        flight.has_keys = true;
    } else if (flight.has_keys) {
        payload = decrypt(packet, flight.keys);
    }
    if (payload) collect_crypto(*payload, flight.crypto);
    return payload.has_value();
}

std::array<std::uint8_t, 16> QuicInitialReader::header_mask(const QuicKeys& keys, base::Bytes sample) {
    std::array<std::uint8_t, 16> mask{};
    int count = 0;
    EVP_EncryptInit_ex(evp(header_), nullptr, nullptr, keys.header_key.data(), nullptr);
    EVP_EncryptUpdate(evp(header_), mask.data(), &count, sample.data(), kSampleBytes);
    return mask;
}

/// RFC 9001 sections 5.3 and 5.4. Empty: the packet is not authentic under these keys. The payload lies in plain_.
std::optional<base::Bytes> QuicInitialReader::decrypt(const InitialPacket& packet, const QuicKeys& keys) {
    const base::Bytes part = packet.protected_part;
    if (part.size() < kSampleOffset + kSampleBytes || part.size() > plain_.size()) return std::nullopt;
    const auto mask = header_mask(keys, part.subspan(kSampleOffset, kSampleBytes));

    std::array<std::uint8_t, 4> number{};
    const auto first = static_cast<std::uint8_t>(packet.header.front() ^ (mask[0] & 0x0f));
    const std::size_t number_bytes = (first & 3) + 1U;
    std::array<std::uint8_t, 12> nonce = keys.iv;
    for (std::size_t i = 0; i < number_bytes; ++i) {
        number[i] = part[i] ^ mask[1 + i];
        nonce[nonce.size() - number_bytes + i] ^= number[i];  // The number of a first packet is never abridged.
    }
    const base::Bytes sealed = part.subspan(number_bytes, part.size() - number_bytes - kTagBytes);
    std::array<std::uint8_t, kTagBytes> tag;
    std::ranges::copy(part.last(kTagBytes), tag.begin());

    EVP_CIPHER_CTX* aead = evp(aead_);
    int count = 0;
    EVP_DecryptInit_ex(aead, nullptr, nullptr, keys.key.data(), nonce.data());
    EVP_DecryptUpdate(aead, nullptr, &count, &first, 1);
    const base::Bytes rest = packet.header.subspan(1);
    EVP_DecryptUpdate(aead, nullptr, &count, rest.data(), static_cast<int>(rest.size()));
    EVP_DecryptUpdate(aead, nullptr, &count, number.data(), static_cast<int>(number_bytes));
    EVP_DecryptUpdate(aead, plain_.data(), &count, sealed.data(), static_cast<int>(sealed.size()));
    EVP_CIPHER_CTX_ctrl(aead, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data());
    std::uint8_t nothing;
    if (EVP_DecryptFinal_ex(aead, &nothing, &count) <= 0) return std::nullopt;
    return base::Bytes(plain_).first(sealed.size());
}

}  // namespace flowsift::decode
