// Random: a small, fast, seedable generator whose sequence is part of flowsift's contract (same seed, same model).
//
// xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64. std:: distributions are not used: their results differ
// between standard libraries. Not for secrets (see HashKey::random). One instance per thread or task.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace flowsift::base {

class Random {
  public:
    /// Different `stream`s of one seed are independent sequences: one per tree, fold or task.
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) {
        std::uint64_t mix = seed + 0x9e3779b97f4a7c15 * (2 * stream + 1);
        for (auto& word : state_) word = splitmix(mix);
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// Uniform in [0, bound), without bias (Lemire 2019). Precondition: bound > 0.
    std::uint32_t below(std::uint32_t bound) {
        std::uint64_t product = (next() >> 32) * bound;
        if (static_cast<std::uint32_t>(product) < bound) {
            const std::uint32_t threshold = -bound % bound;
            while (static_cast<std::uint32_t>(product) < threshold) product = (next() >> 32) * bound;
        }
        return static_cast<std::uint32_t>(product >> 32);
    }

    /// Uniform in [0, 1), 53 bits.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// Fisher-Yates; precondition: fewer than 2^32 items.
    template <class Container>
    void shuffle(Container& items) {
        for (std::size_t i = items.size(); i > 1; --i)
            std::swap(items[i - 1], items[below(static_cast<std::uint32_t>(i))]);
    }

  private:
    static std::uint64_t splitmix(std::uint64_t& state) {
        std::uint64_t z = (state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    std::array<std::uint64_t, 4> state_;
};

}  // namespace flowsift::base
