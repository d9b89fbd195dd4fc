// SipHash-1-3 (Aumasson and Bernstein 2012, reduced rounds as in Linux and Rust): a keyed hash of 64 bits for tables
// that strangers can fill. Of whole words here, inline, because every packet needs it; of bytes in base/hash.h.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace flowsift::base {

/// 128 secret bits of a run, so that nobody outside can construct colliding flows.
struct HashKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    /// From the kernel's random source.
    static HashKey random();
};

class SipHash13 {
  public:
    explicit SipHash13(const HashKey& key)
        : v0_(key.k0 ^ 0x736f6d6570736575),
          v1_(key.k1 ^ 0x646f72616e646f6d),
          v2_(key.k0 ^ 0x6c7967656e657261),
          v3_(key.k1 ^ 0x7465646279746573) {}

    void absorb(std::uint64_t word) {
        v3_ ^= word;
        round();
        v0_ ^= word;
    }

    /// `last`: the bytes after the last whole word, and the length of all in the highest byte. Spends the hash.
    std::uint64_t finish(std::uint64_t last) {
        absorb(last);
        v2_ ^= 0xff;
        round();
        round();
        round();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

  private:
    void round() {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_, v1_, v2_, v3_;
};

/// Of the words' little-endian bytes.
template <std::size_t Count>
std::uint64_t siphash13(const HashKey& key, const std::array<std::uint64_t, Count>& words) {
    SipHash13 hash(key);
    for (const std::uint64_t word : words) hash.absorb(word);
    return hash.finish(std::uint64_t{8 * Count} << 56);
}

}  // namespace flowsift::base
