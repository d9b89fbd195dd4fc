// Hashes: a keyed one for tables that strangers can fill, SHA-256 for provenance and files, SHA-1 where a standard
// wants it.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/siphash.h"

namespace flowsift::base {

/// See base/siphash.h.
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
