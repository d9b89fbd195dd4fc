// Spread: exact sum, sum of squares, minimum and maximum of whole numbers below 2^32. Mean and sample standard
// deviation come from integers alone, so that they do not depend on the order or the grouping of the values.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace flowsift::features {

__extension__ using Uint128 = unsigned __int128;

/// A 128-bit sum without the 16-byte alignment of the compiler's type.
class WideSum {
  public:
    void add(std::uint64_t value) {
        low_ += value;
        high_ += low_ < value ? 1 : 0;
    }
    Uint128 value() const { return (Uint128{high_} << 64) | low_; }

  private:
    std::uint64_t low_ = 0;
    std::uint64_t high_ = 0;
};

/// A sum that its user knows to fit in 64 bits.
class NarrowSum {
  public:
    void add(std::uint64_t value) { sum_ += value; }
    Uint128 value() const { return sum_; }

  private:
    std::uint64_t sum_ = 0;
};

/// What a Spread amounts to, with the number of values, which its owner knows. Up to 2^32 - 1 values.
struct Statistics {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    Uint128 squares = 0;
    std::uint64_t least = 0;  ///< Meaningful where count > 0, like `most`.
    std::uint64_t most = 0;

    double min() const { return count > 0 ? static_cast<double>(least) : 0; }
    double max() const { return count > 0 ? static_cast<double>(most) : 0; }
    double mean() const { return count > 0 ? static_cast<double>(sum) / static_cast<double>(count) : 0; }

    /// Sample variance (N - 1); 0 where N < 2.
    double variance() const {
        if (count < 2) return 0;
        const Uint128 numerator = squares * count - Uint128{sum} * sum;  // Exact: below 2^128, never negative.
        return static_cast<double>(numerator) / (static_cast<double>(count) * static_cast<double>(count - 1));
    }
    Statistics with(std::uint64_t value) const {
        Statistics more{count + 1, sum + value, squares + Uint128{value} * value, value, value};
        if (count > 0) more.least = std::min(least, value), more.most = std::max(most, value);
        return more;
    }
    Statistics with(const Statistics& other) const {
        if (count == 0) return other;
        if (other.count == 0) return *this;
        return {count + other.count, sum + other.sum, squares + other.squares, std::min(least, other.least),
                std::max(most, other.most)};
    }
};

/// The numbers that a row may show of some Statistics.
struct Summary {
    double sum = 0;
    double mean = 0;
    double deviation = 0;
    double variance = 0;
    double min = 0;
    double max = 0;

    explicit Summary(const Statistics& values) {
        if (values.count == 0) return;
        sum = static_cast<double>(values.sum);
        mean = values.mean();
        min = values.min();
        max = values.max();
        if (values.most == values.least) return;  // Of equal values the variance is exactly 0.
        variance = values.variance();
        deviation = std::sqrt(variance);
    }
};

template <class SumOfSquares>
class Spread {
  public:
    void add(std::uint32_t value) {
        sum_ += value;
        squares_.add(std::uint64_t{value} * value);
        least_ = std::min(least_, value);
        most_ = std::max(most_, value);
    }

    std::uint64_t sum() const { return sum_; }
    Statistics of(std::uint64_t count) const { return {count, sum_, squares_.value(), least_, most_}; }

  private:
    SumOfSquares squares_;
    std::uint64_t sum_ = 0;
    std::uint32_t least_ = 0xffffffff;
    std::uint32_t most_ = 0;
};

}  // namespace flowsift::features
