// ByteReader: the only way in which bytes from outside are read.
//
// Every read is bounds-checked. A read past the end returns zero and makes the reader not-ok for good, so that a parser
// reads a whole header and asks ok() once. Owns nothing: the bytes must outlive the reader.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace flowsift::base {

using Bytes = std::span<const std::uint8_t>;

/// A header of a known size: its fields are read without further checks, for the compiler checks where they lie.
template <std::size_t Size>
class FixedBytes {
  public:
    explicit FixedBytes(const std::uint8_t* bytes) : bytes_(bytes) {}

    template <std::size_t Offset>
    std::uint8_t u8() const {
        return at<Offset, std::uint8_t>();
    }
    /// Network byte order.
    template <std::size_t Offset>
    std::uint16_t be16() const {
        return big(at<Offset, std::uint16_t>());
    }
    template <std::size_t Offset>
    std::uint32_t be32() const {
        return big(at<Offset, std::uint32_t>());
    }
    template <std::size_t Offset, std::size_t Count>
    std::span<const std::uint8_t, Count> bytes() const {
        static_assert(Offset + Count <= Size);
        return std::span<const std::uint8_t, Count>(bytes_ + Offset, Count);
    }

  private:
    template <std::size_t Offset, class T>
    T at() const {
        static_assert(Offset + sizeof(T) <= Size);
        T value;
        std::memcpy(&value, bytes_ + Offset, sizeof value);
        return value;
    }
    static std::uint16_t big(std::uint16_t value) {
        return std::endian::native == std::endian::big ? value : __builtin_bswap16(value);
    }
    static std::uint32_t big(std::uint32_t value) {
        return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
    }

    const std::uint8_t* bytes_;
};

class ByteReader {
  public:
    explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

    /// The next `Size` bytes as a header; zeros, and a not-ok reader, where so many are not left.
    template <std::size_t Size>
    FixedBytes<Size> fixed() {
        static constexpr std::array<std::uint8_t, Size> kZeros{};
        return FixedBytes<Size>(take(Size) ? bytes_.data() + position_ - Size : kZeros.data());
    }

    bool ok() const { return ok_; }
    std::size_t position() const { return position_; }
    std::size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }

    std::uint8_t u8() { return read_as<std::uint8_t>(); }

    /// Network byte order (big-endian).
    std::uint16_t be16() { return to_big(read_as<std::uint16_t>()); }
    std::uint32_t be32() { return to_big(read_as<std::uint32_t>()); }
    std::uint64_t be64() { return to_big(read_as<std::uint64_t>()); }

    std::uint16_t le16() { return to_little(read_as<std::uint16_t>()); }
    std::uint32_t le32() { return to_little(read_as<std::uint32_t>()); }
    std::uint64_t le64() { return to_little(read_as<std::uint64_t>()); }

    void skip(std::size_t count) { bytes(count); }

    /// The next `count` bytes, or an empty span and a not-ok reader.
    Bytes bytes(std::size_t count) {
        if (!take(count)) return {};
        return bytes_.subspan(position_ - count, count);
    }

    /// All that is left; leaves the reader at the end.
    Bytes rest() { return bytes(remaining()); }

  private:
    bool take(std::size_t count) {
        if (!ok_ || bytes_.size() - position_ < count) {
            ok_ = false;
            return false;
        }
        position_ += count;
        return true;
    }

    template <class T>
    T read_as() {
        T value{};
        if (take(sizeof(T))) std::memcpy(&value, bytes_.data() + position_ - sizeof(T), sizeof(T));
        return value;
    }

    template <class T>
    static T swapped(T value) {
        if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
        if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
        if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
    }
    template <class T>
    static T to_big(T value) {
        return std::endian::native == std::endian::big ? value : swapped(value);
    }
    template <class T>
    static T to_little(T value) {
        return std::endian::native == std::endian::little ? value : swapped(value);
    }

    Bytes bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

}  // namespace flowsift::base
