#include "decode/checksum.h"

#include <array>

namespace flowsift::decode {
namespace {

constexpr std::uint32_t kCastagnoli = 0x82f63b78;  // The polynomial, lowest bit first.

constexpr std::array<std::uint32_t, 256> crc_of_bytes() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ kCastagnoli : crc >> 1;
        table[byte] = crc;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> kCrcOfBytes = crc_of_bytes();

}  // namespace

void InternetSum::add(base::Bytes bytes) {
    base::ByteReader reader(bytes);
    while (reader.remaining() >= 2) sum_ += reader.be16();
    if (reader.remaining() == 1) sum_ += static_cast<std::uint64_t>(reader.u8()) << 8;
}

void InternetSum::add(std::uint32_t number) {
    sum_ += (number >> 16) + (number & 0xffffU);
}

bool InternetSum::is_right() const {
    std::uint64_t folded = sum_;
    while (folded > 0xffff) folded = (folded >> 16) + (folded & 0xffff);
    return folded == 0xffff;
}

void Crc32c::add(base::Bytes bytes) {
    for (const std::uint8_t byte : bytes) state_ = state_ >> 8 ^ kCrcOfBytes[(state_ ^ byte) & 0xffU];
}

}  // namespace flowsift::decode
