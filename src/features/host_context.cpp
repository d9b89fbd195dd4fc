#include "features/host_context.h"

#include <limits>

namespace flowsift::features {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

}  // namespace

HalfSecond half_second_of(base::Nanoseconds time) {
    constexpr base::Nanoseconds kLength = base::kSecond / 2;
    const HalfSecond quotient = time / kLength;
    return time % kLength < 0 ? quotient - 1 : quotient;
}

template <std::size_t Size>
HostContext::Slot HostContext::Ring<Size>::sum(std::int64_t since) const {
    Slot sum;
    for (const Slot& slot : slots) {
        if (slot.slice < since) continue;
        sum.bytes += slot.bytes;
        sum.started += slot.started;
        sum.ended += slot.ended;
        sum.unanswered += slot.unanswered;
        sum.reset += slot.reset;
    }
    return sum;
}

HalfSecond HostContext::begin_of(HalfSecond now, HostPair::Window window) {
    if (window == HostPair::kShort) return now - kShortSlices + 1;
    return ((now >> 2) - kLongSlices + 1) * kLongSlice;  // Floors, also before 1970.
}

DistinctSketch::Slice HostContext::sketch_slice(HalfSecond now) {
    constexpr std::int64_t kMost = std::numeric_limits<DistinctSketch::Slice>::max();
    if (base_ == INT64_MIN) base_ = now - kHistory;
    if (now - base_ > kMost) {
        const std::int64_t by = now - kHistory - base_;
        if (by > kMost) {
            ports_ = {};
            peers_ = {};
        } else {
            ports_.shift(static_cast<DistinctSketch::Slice>(by));
            peers_.shift(static_cast<DistinctSketch::Slice>(by));
        }
        base_ += by;
    }
    return static_cast<DistinctSketch::Slice>(now - base_);
}

void HostContext::add_start(HalfSecond now, std::uint64_t port_hash, std::uint64_t peer_hash) {
    ++short_.at(now).started;
    ++long_.at(now >> 2).started;
    const DistinctSketch::Slice slice = sketch_slice(now);
    ports_.add(port_hash, slice);
    peers_.add(peer_hash, slice);
}

void HostContext::add_end(HalfSecond now, const End& end) {
    for (Slot* slot : {&short_.at(now), &long_.at(now >> 2)}) {
        ++slot->ended;
        slot->unanswered += end.is_unanswered ? 1 : 0;
        slot->reset += end.is_reset ? 1 : 0;
        slot->bytes += end.bytes;
    }
}

HostNumbers HostContext::numbers(HalfSecond now, HostPair::Window window) {
    sketch_slice(now);
    const HalfSecond begin = begin_of(now, window);
    const Slot sum = window == HostPair::kShort ? short_.sum(begin) : long_.sum(begin >> 2);
    const auto since = static_cast<DistinctSketch::Slice>(begin - base_);
    const double seconds = window == HostPair::kShort ? 2 : 60;
    return {.ports = ports_.count(since),
            .peers = peers_.count(since),
            .flows_per_second = sum.started / seconds,
            .unanswered_share = share(sum.unanswered, sum.ended),
            .reset_share = share(sum.reset, sum.ended),
            .bytes_per_flow = share(sum.bytes, sum.ended)};
}

}  // namespace flowsift::features
