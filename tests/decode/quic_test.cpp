// QUIC Initial packets against the vectors of RFC 9001 and RFC 9369, and packets sealed by the test itself.

#include <gtest/gtest.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "decode/application.h"
#include "tests/decode/hello_builder.h"
#include "tests/decode/quic_vectors.h"

namespace flowsift::decode {
namespace {

using namespace test;

/// What OpenSSL allocates, counted from before it allocates anything.
struct OpenSslAllocations {
    OpenSslAllocations() {
        is_counting =
            CRYPTO_set_mem_functions(
                [](std::size_t size, const char*, int) { return ++count, std::malloc(size); },
                [](void* old, std::size_t size, const char*, int) { return ++count, std::realloc(old, size); },
                [](void* old, const char*, int) { std::free(old); }) == 1;
    }
    static inline std::size_t count = 0;
    bool is_counting = false;
};
const OpenSslAllocations kAllocations;

/// One client as the reader sees it.
struct Client {
    Reading read(const Buffer& datagram) {
        Packet packet;
        packet.destination_port = 443;
        return reader->read_datagram(datagram, packet, *flight, attributes);
    }

    std::unique_ptr<ApplicationReader> reader = std::make_unique<ApplicationReader>();
    std::unique_ptr<QuicFlight> flight = std::make_unique<QuicFlight>();
    Attributes attributes;
};

// RFC 9001 appendix A.1 and RFC 9369 appendix A.1.
TEST(QuicKeys, EqualThoseOfTheRfcs) {
    QuicKeyDeriver deriver;
    const Buffer id = from_hex("8394c8f03e515708");
    const QuicKeys v1 = deriver.client_keys(QuicVersion::k1, id);
    EXPECT_EQ(base::to_hex(v1.key), "1f369613dd76d5467730efcbe3b1a22d");
    EXPECT_EQ(base::to_hex(v1.iv), "fa044b2f42a3fd3b46fb255c");
    EXPECT_EQ(base::to_hex(v1.header_key), "9f50449e04a0e810283a1e9933adedd2");
    const QuicKeys v2 = deriver.client_keys(QuicVersion::k2, id);
    EXPECT_EQ(base::to_hex(v2.key), "8b1a0bc121284290a29e0971b5cd045d");
    EXPECT_EQ(base::to_hex(v2.iv), "91f73e2351d8fa91660e909f");
    EXPECT_EQ(base::to_hex(v2.header_key), "45b95e15235d6f45a6b19cbcb0294ba9");
}

// Both packets hold the same hello: ciphers 1301,1302; extensions
// 0000,ff01,000a,0010,0005,0033,002b,000d,002d,001c,0039; signature algorithms 0403,0503,0603,0203,0804,0805,0806;
// versions 0304; ALPN "alpn". So, with coreutils: printf 1301,1302 | sha256sum = 62ed6f6ca7ad…, and printf
// 0005,000a,000d,001c,002b,002d,0033,0039,ff01_0403,0503,0603,0203,0804,0805,0806 | sha256sum = 4d634acda6c0…, printf
// 771,4865-4866,0-65281-10-16-5-51-43-13-45-28-57,29-23-24, | md5sum = 41bc9ae9….
TEST(QuicInitial, ReadsTheClientsPacketsOfTheRfcs) {
    for (const std::string_view packet : {kRfc9001ClientInitial, kRfc9369ClientInitial}) {
        Client client;
        ASSERT_EQ(client.read(from_hex(packet)), Reading::kDone);
        EXPECT_EQ(client.attributes.application, Application::kQuic);
        EXPECT_EQ(client.attributes.server_name(), "example.com");
        EXPECT_EQ(client.attributes.alpn.view(), "alpn");
        const auto& print = client.attributes.fingerprint;
        EXPECT_EQ(std::string(print.ja4.begin(), print.ja4.end()), "q13d0211an_62ed6f6ca7ad_4d634acda6c0");
        EXPECT_EQ(base::to_hex(print.ja3), "41bc9ae914d6cb3bd0bd0a5453ab7d7f");
    }
}

TEST(QuicInitial, OpenSslAllocatesNothingPerPacket) {
    ASSERT_TRUE(kAllocations.is_counting);
    Client client;
    const Buffer packet = from_hex(kRfc9001ClientInitial);
    client.read(packet);
    client.flight->clear();
    const std::size_t before = OpenSslAllocations::count;
    EXPECT_GT(before, 0u);
    EXPECT_EQ(client.read(packet), Reading::kDone);
    EXPECT_EQ(OpenSslAllocations::count, before);
}

TEST(QuicInitial, AChangedBitAnywhereIsNoticed) {
    const Buffer packet = from_hex(kRfc9001ClientInitial);
    for (std::size_t i = 0; i < packet.size(); i += 7) {
        Buffer changed = packet;
        changed[i] ^= 0x20;
        Client client;
        EXPECT_EQ(client.read(changed), Reading::kForeign) << i;
    }
}

TEST(QuicInitial, CutAnywhereIsForeign) {
    const Buffer packet = from_hex(kRfc9369ClientInitial);
    for (std::size_t size = 0; size < packet.size(); ++size) {
        Client client;
        EXPECT_EQ(client.read(Buffer(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size))),
                  Reading::kForeign);
    }
}

Buffer varint(std::size_t value) {
    return be16(0x4000 | value);
}
Buffer crypto_frame(std::size_t offset, const Buffer& data) {
    return u8(6) + varint(offset) + varint(data.size()) + data;
}

/// Seals a payload as RFC 9001 section 5 says, with OpenSSL and the keys that the vectors above have proved.
struct Sealer {
    explicit Sealer(const Buffer& id = from_hex("0102030405060708"), QuicVersion quic = QuicVersion::k1)
        : version(quic), connection_id(id), keys(QuicKeyDeriver().client_keys(quic, id)) {}

    Buffer seal(Buffer payload, std::uint8_t number, const Buffer& token = {}) const {
        payload.resize(std::max<std::size_t>(payload.size(), 20));  // Room for the sample.
        const std::uint8_t first = version == QuicVersion::k1 ? 0xc0 : 0xd0;
        Buffer header = u8(first) + be32(static_cast<std::uint32_t>(version)) + vector8(connection_id) + vector8({}) +
                        varint(token.size()) + token + varint(1 + payload.size() + 16);
        const std::size_t number_place = header.size();
        header.push_back(number);
        auto nonce = keys.iv;
        nonce.back() ^= number;
        Buffer sealed(payload.size() + 16), mask(16);
        EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
        int count = 0;
        EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nullptr, keys.key.data(), nonce.data());
        EVP_EncryptUpdate(context, nullptr, &count, header.data(), static_cast<int>(header.size()));
        EVP_EncryptUpdate(context, sealed.data(), &count, payload.data(), static_cast<int>(payload.size()));
        EVP_EncryptFinal_ex(context, sealed.data() + count, &count);
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, sealed.data() + payload.size());
        EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nullptr, keys.header_key.data(), nullptr);
        EVP_EncryptUpdate(context, mask.data(), &count, sealed.data() + 3, 16);
        EVP_CIPHER_CTX_free(context);
        header[0] = static_cast<std::uint8_t>(header[0] ^ (mask[0] & 0x0f));
        header[number_place] ^= mask[1];
        return header + sealed;
    }

    QuicVersion version;
    Buffer connection_id;
    QuicKeys keys;
};

Buffer hello_for(std::string_view name) {
    return client_hello({.extensions = {{server_name(name), alpn({"h3"}), supported_versions({0x0304})}}});
}

TEST(QuicInitial, FramesOutOfOrderWithinAPacket) {
    const Buffer hello = hello_for("a.example");
    const Buffer head(hello.begin(), hello.begin() + 30), tail(hello.begin() + 30, hello.end());
    // PADDING, PING, an ACK with one more range, then the hello's halves.
    const Buffer acknowledgement = Buffer{2, 9, 0, 1, 1, 0, 0};
    Client client;
    EXPECT_EQ(client.read(Sealer().seal(
                  bytes(3, 0) + u8(1) + acknowledgement + crypto_frame(30, tail) + crypto_frame(0, head), 0)),
              Reading::kDone);
    EXPECT_EQ(client.attributes.server_name(), "a.example");
}

TEST(QuicInitial, AcrossDatagramsInAnyOrderAndWithAToken) {
    const Buffer hello = hello_for("b.example");
    const Buffer head(hello.begin(), hello.begin() + 50), tail(hello.begin() + 50, hello.end());
    const Sealer sealer(from_hex("1122334455667788"), QuicVersion::k2);
    Client client;
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(50, tail), 1, text("a token"))), Reading::kNeedsMore);
    EXPECT_EQ(client.attributes.application, Application::kQuic);
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(0, head), 0, text("a token"))), Reading::kDone);
    EXPECT_EQ(client.attributes.server_name(), "b.example");
}

TEST(QuicInitial, CoalescedBehindAnotherPacket) {
    const Buffer hello = hello_for("c.example");
    const Sealer sealer;
    // A 0-RTT packet (type 1) of the same connection, whose content nobody can read.
    const Buffer zero_rtt = u8(0xd0) + be32(1) + vector8(sealer.connection_id) + vector8({}) + varint(40) + bytes(40);
    const Buffer head(hello.begin(), hello.begin() + 40), tail(hello.begin() + 40, hello.end());
    Client client;
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(0, head), 0) + zero_rtt + sealer.seal(crypto_frame(40, tail), 1)),
              Reading::kDone);
    EXPECT_EQ(client.attributes.server_name(), "c.example");
}

// Once the server has chosen its connection id the client's packets bear that, but the keys stay (RFC 9001
// section 5.2).
TEST(QuicInitial, KeysStayWhenTheConnectionIdChanges) {
    const Buffer hello = hello_for("d.example");
    const Buffer head(hello.begin(), hello.begin() + 40), tail(hello.begin() + 40, hello.end());
    Sealer sealer;
    Client client;
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(0, head), 0)), Reading::kNeedsMore);
    sealer.connection_id = from_hex("ffeeddcc");
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(40, tail), 1)), Reading::kDone);
    EXPECT_EQ(client.attributes.server_name(), "d.example");
}

TEST(QuicInitial, GivesUpAfterSixteenPackets) {
    const Sealer sealer;
    Client client;
    for (std::uint8_t number = 0; number < QuicFlight::kMostPackets - 1; ++number)
        EXPECT_EQ(client.read(sealer.seal(u8(1), number)), Reading::kNeedsMore);
    EXPECT_EQ(client.read(sealer.seal(u8(1), 15)), Reading::kForeign);
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(0, hello_for("late")), 16)), Reading::kForeign);
}

TEST(QuicInitial, FramesBeyondTheFirstEightKibibytesAreDropped) {
    const Sealer sealer;
    Client client;
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(StreamHead::kCapacity - 2, bytes(4)), 0)), Reading::kNeedsMore);
    EXPECT_EQ(client.read(sealer.seal(crypto_frame(0, hello_for("e.example")), 1)), Reading::kDone);
}

}  // namespace
}  // namespace flowsift::decode
