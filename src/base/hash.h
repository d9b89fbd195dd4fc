// Hashes: a keyed one for tables that strangers can fill, SHA-256 for provenance and files, SHA-1 and MD5 where a
// standard wants them.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace flowsift::base {

/// 128 secret bits of a run, so that nobody outside can construct colliding flows.
struct HashKey {
    std::uint64_t k0 = 0;
    std::uint64_t k1 = 0;

    /// From the kernel's random source.
    static HashKey random();
};

/// SipHash-1-3 (Aumasson and Bernstein 2012, reduced rounds as in Linux and Rust): keyed, 64 bits.
std::uint64_t siphash13(const HashKey& key, Bytes bytes);

/// A digest of bytes that arrive in pieces. Allocates when it is made and never after: finish() begins the next one.
class Digest {
  public:
    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;

    void update(Bytes bytes);

  protected:
    explicit Digest(const void* algorithm);
    ~Digest();
    void finish_into(std::uint8_t* digest);

  private:
    void* context_;
};

class Sha256 : public Digest {
  public:
    static constexpr std::size_t kBlockBytes = 64;

    Sha256();
    std::array<std::uint8_t, 32> finish();
};

/// Only where a format prescribes it (JA3).
class Md5 : public Digest {
  public:
    Md5();
    std::array<std::uint8_t, 16> finish();
};

std::array<std::uint8_t, 32> sha256(Bytes bytes);
std::array<std::uint8_t, 20> sha1(Bytes bytes);

/// Lower-case SHA-256 of a file's content.
Result<std::string> sha256_of_file(const std::string& path);

/// Lower-case hexadecimal.
std::string to_hex(Bytes bytes);

}  // namespace flowsift::base
