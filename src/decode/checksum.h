// The checksums of Internet protocols, slow and plain: they are computed on request only. Stateless.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace flowsift::decode {

/// The one's complement sum of 16-bit words (RFC 1071) of several pieces; each but the last has an even length.
class InternetSum {
  public:
    void add(base::Bytes bytes);
    void add(std::uint32_t number);  ///< As four bytes in network order.

    /// Whether bytes that include their own checksum are as they were sent.
    bool is_right() const;

  private:
    std::uint64_t sum_ = 0;
};

/// CRC32c (RFC 9260 appendix A) of several pieces.
class Crc32c {
  public:
    void add(base::Bytes bytes);
    std::uint32_t value() const { return ~state_; }

  private:
    std::uint32_t state_ = 0xffffffff;
};

}  // namespace flowsift::decode
