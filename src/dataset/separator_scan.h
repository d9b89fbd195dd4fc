// SeparatorScan: where the commas and line ends of a text stand, one after the other.
//
// Looks at sixty-four bytes at once and then only at the bits of what it found: most cells of a flow CSV are so short
// that a search per cell would cost more than the cells. A value on the stack of whoever scans.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace flowsift::dataset {

class SeparatorScan {
  public:
    static constexpr std::size_t kBlock = 64;

    /// Scans [at, end) of `text`, of which up to kBlock - 1 bytes beyond `end` must be readable.
    SeparatorScan(const char* text, std::size_t at, std::size_t end) : text_(text), end_(end) { seek(at); }

    /// Forgets everything before `at`.
    void seek(std::size_t at) {
        block_ = at;
        found_ = at < end_ ? separators(text_ + at) : 0;
    }

    /// Index of the next ',' or '\n'; `end` where there is none.
    std::size_t next() {
        while (found_ == 0) {
            block_ += kBlock;
            if (block_ >= end_) return end_;
            found_ = separators(text_ + block_);
        }
        const std::size_t at = block_ + static_cast<std::size_t>(std::countr_zero(found_));
        found_ &= found_ - 1;
        return std::min(at, end_);
    }

    /// Bit i: text[i] is a comma or line end, for any machine.
    static std::uint64_t separators_portable(const char* text) {
        std::uint64_t found = 0;
        for (std::size_t i = 0; i < kBlock; i += 8) {
            std::uint64_t word;
            std::memcpy(&word, text + i, sizeof word);
            if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
            // The eight high bits of the bytes, brought together in the highest byte.
            const std::uint64_t hits = (bytes_equal(word, ',') | bytes_equal(word, '\n')) >> 7;
            found |= ((hits * 0x0102040810204080) >> 56) << i;
        }
        return found;
    }

    /// The same, as fast as this machine's baseline has it.
    static std::uint64_t separators(const char* text) {
#if defined(__SSE2__)
        std::uint64_t found = 0;
        for (std::size_t i = 0; i < kBlock; i += 16) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
            const __m128i hits =
                _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
            found |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(hits))) << i;
        }
        return found;
#else
        return separators_portable(text);
#endif
    }

  private:
    /// One high bit per byte of `word` that equals `wanted` (exact: no carry crosses bytes).
    static std::uint64_t bytes_equal(std::uint64_t word, char wanted) {
        constexpr std::uint64_t kOnes = 0x0101010101010101, kLow = 0x7f7f7f7f7f7f7f7f;
        const std::uint64_t difference = word ^ (kOnes * static_cast<unsigned char>(wanted));
        return ~(((difference & kLow) + kLow) | difference | kLow);
    }

    const char* text_;
    std::size_t end_;
    std::size_t block_ = 0;
    std::uint64_t found_ = 0;  ///< Separators of the block that next() has not told yet.
};

}  // namespace flowsift::dataset
