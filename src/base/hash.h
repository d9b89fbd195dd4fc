// Hashes: a keyed one for tables that strangers can fill, SHA-256 for provenance and files, SHA-1 and MD5 where a
// standard wants them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/siphash.h"

namespace flowsift::base {

/// See base/siphash.h.
std::uint64_t siphash13(const HashKey& key, Bytes bytes);

/// SHA-256 of bytes that arrive in pieces. Allocates when it is made and never after: finish() begins the next digest.
class Sha256 {
  public:
    static constexpr std::size_t kBlockBytes = 64;

    Sha256();
    ~Sha256();

    void update(Bytes bytes);
    /// Of what has come so far; more may come.
    std::array<std::uint8_t, 32> so_far() const;
    std::array<std::uint8_t, 32> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The same for MD5, which is only for formats that prescribe it (JA3).
class Md5 {
  public:
    Md5();
    ~Md5();

    void update(Bytes bytes);
    std::array<std::uint8_t, 16> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

std::array<std::uint8_t, 32> sha256(Bytes bytes);
std::array<std::uint8_t, 20> sha1(Bytes bytes);

/// Lower-case SHA-256 of a file's content.
Result<std::string> sha256_of_file(const std::string& path);

/// Lower-case hexadecimal.
std::string to_hex(Bytes bytes);

}  // namespace flowsift::base
