// The slow, obvious reassembler: the oracle of decode::Reassembler in its test and in the fuzz target "fragments".
//
// Each byte of a datagram by its place, known or not yet; datagrams in a list by age; the rules of reassembler.h, byte
// by byte.
#pragma once

#include <algorithm>
#include <list>
#include <optional>
#include <vector>

#include "decode/reassembler.h"

namespace flowsift::decode::test {

class PlainReassembler {
  public:
    using Payload = std::vector<std::uint8_t>;

    /// As Reassembler::add(); nothing where the datagram is not complete.
    std::optional<Payload> add(const Fragment& fragment, std::uint32_t header_bytes, base::Nanoseconds time) {
        auto datagram = std::find_if(datagrams_.begin(), datagrams_.end(),
                                     [&](const Datagram& known) { return known.key == fragment.key; });
        if (datagram != datagrams_.end() && !is_within_fragment_lifetime(datagram->began, time)) {
            drop(*datagram);
            datagrams_.erase(datagram);
            datagram = datagrams_.end();
        }
        if (datagram == datagrams_.end()) {
            if (datagrams_.size() == Reassembler::kDatagrams) {
                drop(datagrams_.front());
                datagrams_.pop_front();
            }
            datagrams_.push_back({fragment.key, time, {}, {}, 0, false});
            datagram = std::prev(datagrams_.end());
        }
        if (datagram->is_abandoned) return std::nullopt;
        if (const auto problem = take(fragment, *datagram)) {
            datagram->is_abandoned = true;
            ++(*problem == Mark::kOverlappingFragments ? overlapping : unfinished);
            return std::nullopt;
        }
        if (fragment.is_first()) datagram->header_bytes = header_bytes;
        const auto& bytes = datagram->bytes;
        if (bytes.size() != datagram->length || std::find(bytes.begin(), bytes.end(), std::nullopt) != bytes.end())
            return std::nullopt;
        Payload payload;
        for (std::size_t place = datagram->header_bytes; place < bytes.size(); ++place)
            payload.push_back(*bytes[place]);
        datagrams_.erase(datagram);
        ++reassembled;
        return payload;
    }

    std::uint64_t reassembled = 0, overlapping = 0, unfinished = 0;

  private:
    struct Datagram {
        FragmentKey key;
        base::Nanoseconds began = 0;
        std::vector<std::optional<std::uint8_t>> bytes;  // By place; as many as the farthest fragment reaches.
        std::optional<std::uint32_t> length;
        std::uint32_t header_bytes = 0;
        bool is_abandoned = false;
    };

    void drop(const Datagram& datagram) { unfinished += datagram.is_abandoned ? 0U : 1U; }

    /// Takes the bytes, or says why the datagram has to be abandoned.
    static std::optional<Mark> take(const Fragment& fragment, Datagram& datagram) {
        const std::uint32_t end = fragment.offset + fragment.length;
        if (fragment.bytes.size() != fragment.length || fragment.length == 0) return Mark::kUnfinishedDatagram;
        if (fragment.more && fragment.length % 8 != 0) return Mark::kUnfinishedDatagram;
        if (end > Reassembler::kLargestDatagram) return Mark::kUnfinishedDatagram;
        if (datagram.bytes.size() < end) datagram.bytes.resize(end);
        std::size_t known = 0, same = 0;
        for (std::uint32_t i = 0; i < fragment.length; ++i) {
            known += datagram.bytes[fragment.offset + i].has_value() ? 1U : 0U;
            same += datagram.bytes[fragment.offset + i] == fragment.bytes[i] ? 1U : 0U;
        }
        if (same == fragment.length && (fragment.more || datagram.length == end)) return std::nullopt;
        if (known > 0) return Mark::kOverlappingFragments;
        for (std::uint32_t i = 0; i < fragment.length; ++i) datagram.bytes[fragment.offset + i] = fragment.bytes[i];
        if (!fragment.more && datagram.length.value_or(end) != end) return Mark::kUnfinishedDatagram;
        if (!fragment.more) datagram.length = end;
        if (datagram.length && datagram.bytes.size() > *datagram.length) return Mark::kUnfinishedDatagram;
        return std::nullopt;
    }

    std::list<Datagram> datagrams_;  // The one that began first in front.
};

}  // namespace flowsift::decode::test
