// The Initial packets of a QUIC client (RFC 9000 section 17.2.2, versions 1 and 2): takes their protection off and
// collects the CRYPTO frames, which together are a ClientHello.
//
// Owned by one thread; allocates nothing after it was made. What is decrypted stays in a scratch buffer until the next
// packet, except for the ClientHello's bytes in a QuicFlight.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "decode/attributes.h"
#include "decode/quic_keys.h"
#include "decode/stream_head.h"

namespace flowsift::decode {

/// What is known so far of one client's first messages.
struct QuicFlight {
    /// A hello that more packets have not completed is given up.
    static constexpr int kMostPackets = 16;

    StreamHead crypto;
    QuicKeys keys;  ///< Of the first packet that could be read: they stay when the server has chosen another id.
    bool has_keys = false;
    int packets = 0;  ///< That were tried.

    void clear() {
        crypto.clear();
        has_keys = false;
        packets = 0;
    }
};

class QuicInitialReader {
  public:
    QuicInitialReader();
    ~QuicInitialReader();
    QuicInitialReader(const QuicInitialReader&) = delete;
    QuicInitialReader& operator=(const QuicInitialReader&) = delete;

    /// Adds what the client's Initial packets of a datagram hold to `flight`. True: at least one could be read, which
    /// only a client that speaks QUIC can bring about.
    bool add(base::Bytes datagram, QuicFlight& flight);

  private:
    static constexpr std::size_t kLargestPacket = 8192;

    struct InitialPacket;
    static std::optional<InitialPacket> next_initial(base::ByteReader& datagram);

    bool add(const InitialPacket& packet, QuicFlight& flight);
    std::optional<base::Bytes> decrypt(const InitialPacket& packet, const QuicKeys& keys);
    std::array<std::uint8_t, 16> header_mask(const QuicKeys& keys, base::Bytes sample);

    QuicKeyDeriver deriver_;
    void* aead_;    ///< EVP_CIPHER_CTX of AES-128-GCM.
    void* header_;  ///< EVP_CIPHER_CTX of AES-128-ECB.
    std::array<std::uint8_t, kLargestPacket> plain_;
};

}  // namespace flowsift::decode
