#include "features/distinct_sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace flowsift::features {

void DistinctSketch::add(std::uint64_t hash, Slice now) {
    const std::size_t place = hash % kRegisters;  // The lowest bits; the rank is of the highest.
    const auto rank = std::min<std::size_t>(static_cast<std::size_t>(std::countl_zero(hash)), kRanks - 1);
    if (seen_[rank][place] != now) answers_ = {};
    seen_[rank][place] = now;

    const auto thing = static_cast<std::uint32_t>(hash >> 16);
    std::size_t longest_ago = 0;
    for (std::size_t i = 0; i < kExact; ++i) {
        if (thing_seen_[i] > 0 && things_[i] == thing) {
            thing_seen_[i] = now;
            return;
        }
        if (thing_seen_[i] < thing_seen_[longest_ago]) longest_ago = i;
    }
    left_out_ = std::max(left_out_, thing_seen_[longest_ago]);
    things_[longest_ago] = thing;
    thing_seen_[longest_ago] = now;
}

double DistinctSketch::count(Slice since) {
    if (left_out_ >= since) return remembered_estimate(since);
    return static_cast<double>(std::ranges::count_if(thing_seen_, [since](Slice seen) { return seen >= since; }));
}

double DistinctSketch::remembered_estimate(Slice since) {
    if (answers_[0].since != since) {
        std::swap(answers_[0], answers_[1]);
        if (answers_[0].since != since) answers_[0] = {since, estimate(since)};
    }
    return answers_[0].count;
}

double DistinctSketch::estimate(Slice since) const {
    std::array<std::uint8_t, kRegisters> ranks{};
    for (std::size_t rank = 0; rank < kRanks; ++rank)
        for (std::size_t i = 0; i < kRegisters; ++i)
            if (seen_[rank][i] >= since) ranks[i] = static_cast<std::uint8_t>(rank + 1);
    std::uint32_t sum = 0;  // Of 2^-rank, in units of the smallest.
    int empty = 0;
    for (const std::uint8_t rank : ranks) {
        sum += 1U << (kRanks - rank);
        empty += rank == 0 ? 1 : 0;
    }
    constexpr double kUnits = 1U << kRanks;
    constexpr double kCount = kRegisters;
    constexpr double kAlpha = 0.7213 / (1 + 1.079 / kCount);
    const double raw = kAlpha * kCount * kCount / (sum / kUnits);
    return raw <= 2.5 * kCount && empty > 0 ? kCount * std::log(kCount / empty) : raw;
}

void DistinctSketch::shift(Slice by) {
    const auto earlier = [by](Slice slice) { return static_cast<Slice>(slice > by ? slice - by : 0); };
    for (auto& row : seen_) std::ranges::transform(row, row.begin(), earlier);
    std::ranges::transform(thing_seen_, thing_seen_.begin(), earlier);
    left_out_ = earlier(left_out_);
    answers_ = {};
}

}  // namespace flowsift::features
