// StreamHead: the first 8 KiB of a stream, put together from pieces that come in any order. For TCP segments and the
// CRYPTO frames of QUIC, as far as a handshake or a request needs more than one of them.
//
// Of bytes that come twice, the first copy stays, be the later one the same or not. Fixed size, no allocation.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "base/bytes.h"

namespace flowsift::decode {

class StreamHead {
  public:
    static constexpr std::size_t kCapacity = 8192;

    void clear() {
        known_.reset();
        contiguous_ = 0;
    }

    /// `offset`: of the piece's first byte in the stream. What lies beyond the capacity is dropped.
    void put(std::size_t offset, base::Bytes piece) {
        for (std::size_t i = 0; i < piece.size() && offset + i < kCapacity; ++i) {
            if (known_[offset + i]) continue;
            known_[offset + i] = true;
            bytes_[offset + i] = piece[i];
        }
        while (contiguous_ < kCapacity && known_[contiguous_]) ++contiguous_;
    }

    /// From the first byte up to the first that is missing.
    base::Bytes contiguous() const { return base::Bytes(bytes_).first(contiguous_); }
    /// Nothing more can come.
    bool is_full() const { return contiguous_ == kCapacity; }

  private:
    std::size_t contiguous_ = 0;
    std::bitset<kCapacity> known_;
    std::array<std::uint8_t, kCapacity> bytes_;
};

}  // namespace flowsift::decode
