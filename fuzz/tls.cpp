// Any bytes as the begin of a TLS stream, as a ClientHello, and as datagrams of a QUIC client.
//
// The first byte chooses what is tried; a QUIC payload is also sealed with the right keys first, so that the fuzzer
// gets past the authentication. Promises checked besides memory safety: a prefix of a stream never contradicts the
// whole (DNS apart, which is its own target: without its port it has to be whole at once).
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "decode/application.h"

namespace {

using namespace flowsift;
using decode::Reading;

decode::ApplicationReader& reader() {
    static const auto kReader = std::make_unique<decode::ApplicationReader>();
    return *kReader;
}

void require(bool condition) {
    if (!condition) std::abort();
}

void try_stream(base::Bytes stream) {
    decode::Packet packet;
    packet.destination_port = 443;
    decode::Attributes whole, half;
    const Reading reading = reader().read_stream(stream, packet, whole);
    const Reading before = reader().read_stream(stream.first(stream.size() / 2), packet, half);
    if (whole.application == decode::Application::kDns) return;
    if (before == Reading::kForeign) require(reading == Reading::kForeign);
    if (before == Reading::kDone) require(reading == Reading::kDone && half.name.view() == whole.name.view());
    require((reading == Reading::kDone) <= (whole.application != decode::Application::kNone));
}

/// An Initial packet of version 1 with this payload (RFC 9001 section 5).
std::vector<std::uint8_t> sealed(base::Bytes payload, std::uint8_t number) {
    static const std::vector<std::uint8_t> kId = {1, 2, 3, 4, 5, 6, 7, 8};
    static const decode::QuicKeys kKeys = decode::QuicKeyDeriver().client_keys(decode::QuicVersion::k1, kId);
    std::vector<std::uint8_t> plain(payload.begin(), payload.end());
    plain.resize(std::max<std::size_t>(plain.size(), 20));
    const std::size_t length = 1 + plain.size() + 16;
    std::vector<std::uint8_t> packet = {0xc0, 0, 0, 0, 1, 8};
    packet.insert(packet.end(), kId.begin(), kId.end());
    for (const std::size_t byte : {std::size_t{0}, std::size_t{0}, 0x40 | length >> 8, length, std::size_t{number}})
        packet.push_back(static_cast<std::uint8_t>(byte));
    const std::size_t header = packet.size();
    packet.resize(header + plain.size() + 16);
    auto nonce = kKeys.iv;
    nonce.back() ^= number;
    static EVP_CIPHER_CTX* const kContext = EVP_CIPHER_CTX_new();
    std::uint8_t mask[16];
    int count = 0;
    EVP_EncryptInit_ex(kContext, EVP_aes_128_gcm(), nullptr, kKeys.key.data(), nonce.data());
    EVP_EncryptUpdate(kContext, nullptr, &count, packet.data(), static_cast<int>(header));
    EVP_EncryptUpdate(kContext, &packet[header], &count, plain.data(), static_cast<int>(plain.size()));
    EVP_EncryptFinal_ex(kContext, mask, &count);
    EVP_CIPHER_CTX_ctrl(kContext, EVP_CTRL_AEAD_GET_TAG, 16, &packet[header + plain.size()]);
    EVP_EncryptInit_ex(kContext, EVP_aes_128_ecb(), nullptr, kKeys.header_key.data(), nullptr);
    EVP_EncryptUpdate(kContext, mask, &count, &packet[header + 3], 16);
    packet[0] = static_cast<std::uint8_t>(packet[0] ^ (mask[0] & 0x0f));
    packet[header - 1] ^= mask[1];
    return packet;
}

void try_datagrams(base::Bytes bytes, bool is_sealed) {
    static const auto kFlight = std::make_unique<decode::QuicFlight>();
    kFlight->clear();
    decode::Packet packet;
    decode::Attributes attributes;
    base::ByteReader input(bytes);
    for (std::uint8_t number = 0; input.remaining() > 0 && number < 20; ++number) {
        const std::size_t wanted = input.be16() & 0x0fff;
        const base::Bytes piece = input.bytes(std::min(wanted, input.remaining()));
        const std::vector<std::uint8_t> copy =
            is_sealed ? sealed(piece, number) : std::vector<std::uint8_t>(piece.begin(), piece.end());
        const Reading reading = reader().read_datagram(copy, packet, *kFlight, attributes);
        if (is_sealed && number < decode::QuicFlight::kMostPackets - 1)
            require(attributes.application == decode::Application::kQuic);
        if (reading == Reading::kDone) break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const base::Bytes bytes(data + 1, size - 1);
    switch (data[0] & 3) {
        case 0:
            try_stream(bytes);
            break;
        case 1:
            decode::parse_client_hello(bytes);
            break;
        case 2:
            try_datagrams(bytes, false);
            break;
        default:
            try_datagrams(bytes, true);
            break;
    }
    return 0;
}
