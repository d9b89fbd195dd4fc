#include "decode/reassembler.h"

#include <algorithm>

namespace flowsift::decode {

Reassembler::Reassembler(const base::HashKey& hash_key, DecodeCounters& counters)
    : counters_(counters),
      index_(hash_key, kDatagrams),
      datagrams_(kDatagrams),
      buffers_(std::make_unique_for_overwrite<std::uint8_t[]>((kDatagrams + kMostCompleted) * kBufferBytes)) {
    for (std::size_t i = 0; i < kDatagrams; ++i) datagrams_[i].buffer = static_cast<std::uint16_t>(i);
    completed_.reserve(kMostCompleted);
    free_.reserve(kMostCompleted);
    for (std::size_t i = kDatagrams + kMostCompleted; i-- > kDatagrams;) free_.push_back(static_cast<std::uint16_t>(i));
}

void Reassembler::begin_batch() {
    free_.insert(free_.end(), completed_.begin(), completed_.end());
    completed_.clear();
}

base::Bytes Reassembler::add(const Fragment& fragment, std::uint32_t header_bytes, base::Nanoseconds time) {
    Datagram& datagram = datagram_of(fragment, time);
    if (datagram.is_abandoned) return {};
    store(fragment, datagram);
    if (datagram.is_abandoned) return {};
    if (fragment.is_first()) datagram.header_bytes = header_bytes;
    if (datagram.length == 0 || datagram.held != datagram.length) return {};
    return complete(fragment.key, datagram);
}

Reassembler::Datagram& Reassembler::datagram_of(const Fragment& fragment, base::Nanoseconds time) {
    if (const auto slot = index_.find(fragment.key)) {
        Datagram& known = datagrams_[*slot];
        if (is_within_fragment_lifetime(known.began, time)) return known;
        if (!known.is_abandoned) counters_.add(Mark::kUnfinishedDatagram);
        index_.claim(fragment.key);
        begin(known, time);
        return known;
    }
    const SlotIndex::Claim claim = index_.claim(fragment.key);
    Datagram& datagram = datagrams_[claim.slot];
    if (claim.was_taken_over && !datagram.is_abandoned) counters_.add(Mark::kUnfinishedDatagram);
    begin(datagram, time);
    return datagram;
}

void Reassembler::begin(Datagram& datagram, base::Nanoseconds time) {
    datagram.began = time;
    datagram.length = datagram.farthest = datagram.held = datagram.header_bytes = 0;
    datagram.is_abandoned = false;
    datagram.units.reset();
}

void Reassembler::store(const Fragment& fragment, Datagram& datagram) {
    const std::uint32_t end = fragment.offset + fragment.length;
    const bool is_whole = fragment.bytes.size() == fragment.length && fragment.length > 0;
    const bool has_odd_end = fragment.more && fragment.length % kUnit != 0;
    if (!is_whole || has_odd_end || end > kLargestDatagram) return abandon(datagram, Mark::kUnfinishedDatagram);
    if (is_repetition(fragment, datagram)) return;
    const std::uint32_t first_unit = fragment.offset / kUnit, end_unit = (end + kUnit - 1) / kUnit;
    for (std::uint32_t unit = first_unit; unit < end_unit; ++unit)
        if (datagram.units[unit]) return abandon(datagram, Mark::kOverlappingFragments);
    datagram.farthest = std::max(datagram.farthest, end);
    if (!fragment.more && datagram.length == 0) datagram.length = end;
    // Bytes beyond the last fragment, or two last ones.
    if (datagram.length != 0 && (datagram.farthest > datagram.length || (!fragment.more && datagram.length != end)))
        return abandon(datagram, Mark::kUnfinishedDatagram);
    for (std::uint32_t unit = first_unit; unit < end_unit; ++unit) datagram.units.set(unit);
    std::copy(fragment.bytes.begin(), fragment.bytes.end(), bytes_of(datagram) + fragment.offset);
    datagram.held += fragment.length;
}

/// Whether all its bytes are here already, and the same.
bool Reassembler::is_repetition(const Fragment& fragment, const Datagram& datagram) const {
    const std::uint32_t end = fragment.offset + fragment.length;
    if (fragment.more ? end > datagram.farthest : end != datagram.length) return false;
    for (std::uint32_t unit = fragment.offset / kUnit; unit * kUnit < end; ++unit)
        if (!datagram.units[unit]) return false;
    return std::equal(fragment.bytes.begin(), fragment.bytes.end(), bytes_of(datagram) + fragment.offset);
}

/// The datagram stays known, so that its other fragments do not begin it anew.
void Reassembler::abandon(Datagram& datagram, Mark mark) {
    datagram.is_abandoned = true;
    counters_.add(mark);
}

base::Bytes Reassembler::complete(const FragmentKey& key, Datagram& datagram) {
    index_.release(key);
    if (free_.empty()) {
        counters_.add(Mark::kUnfinishedDatagram);
        return {};
    }
    counters_.add(Mark::kReassembled);
    const base::Bytes all(bytes_of(datagram), datagram.length);
    completed_.push_back(datagram.buffer);
    datagram.buffer = free_.back();
    free_.pop_back();
    return all.subspan(datagram.header_bytes);
}

}  // namespace flowsift::decode
