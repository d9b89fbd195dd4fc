// ordered_bits: a float as a whole number of the same order, for sorting by digits and for packing into sort keys.
//
// Pure functions. Finite values only.
#pragma once

#include <bit>
#include <cstdint>

namespace flowsift::learn {

/// Orders as the floats do; minus zero and zero are one value.
inline std::uint32_t ordered_bits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);
    return bits >> 31 ? ~bits : bits | 0x8000'0000U;
}

inline float from_ordered_bits(std::uint32_t bits) {
    return std::bit_cast<float>(bits >> 31 ? bits & 0x7fff'ffffU : ~bits);
}

}  // namespace flowsift::learn
