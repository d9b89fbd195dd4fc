// Hashes: a keyed one for tables that strangers can fill, SHA-256 for provenance and files, SHA-1 where a standard
// wants it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace flowsift::base {

/// 128 secret bits of a run, so that nobody outside can construct colliding flows.
struct HashKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    /// From the kernel's random source.
    static HashKey random();

    /// From 32 hexadecimal digits, the sixteen bytes of the key in the order of the SipHash paper. For runs that are to
    /// be repeated exactly: whoever knows the key can make flows collide.
    static Result<HashKey> parse(std::string_view hex);
};

/// SipHash-1-3 (Aumasson and Bernstein 2012, reduced rounds as in Linux and Rust): keyed, 64 bits.
std::uint64_t siphash13(const HashKey& key, Bytes bytes);

/// SHA-256 of bytes that arrive in pieces.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(Bytes bytes);
    std::array<std::uint8_t, 32> finish();

  private:
    void* context_;
};

std::array<std::uint8_t, 32> sha256(Bytes bytes);
std::array<std::uint8_t, 20> sha1(Bytes bytes);

/// Lower-case SHA-256 of a file's content.
Result<std::string> sha256_of_file(const std::string& path);

/// Lower-case hexadecimal.
std::string to_hex(Bytes bytes);

}  // namespace flowsift::base
