// BoundedMap: values under keys that are keyed hashes of 64 bits, in memory that is taken once. When it is full it says
// so, and the caller counts what was not remembered. Chained; one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace flowsift::detect {

template <class Value>
class BoundedMap {
  public:
    /// `capacity`: 1 to 2^31 values.
    explicit BoundedMap(std::size_t capacity) : entries_(capacity), heads_(std::bit_ceil(capacity), kNone) {
        for (std::size_t i = 0; i < capacity; ++i) entries_[i].next = static_cast<std::uint32_t>(i + 1);
        entries_.back().next = kNone;
    }

    std::size_t size() const { return size_; }

    /// nullptr: there is none. Stays valid until it is erased.
    Value* find(std::uint64_t key) {
        for (std::uint32_t at = head(key); at != kNone; at = entries_[at].next)
            if (entries_[at].key == key) return &entries_[at].value;
        return nullptr;
    }

    /// nullptr: the map is full. Precondition: there is no value of this key.
    Value* insert(std::uint64_t key, const Value& value) {
        if (free_ == kNone) return nullptr;
        const std::uint32_t at = free_;
        Entry& entry = entries_[at];
        free_ = entry.next;
        entry = {key, head(key), value};
        head(key) = at;
        ++size_;
        return &entry.value;
    }

    void erase(std::uint64_t key) {
        for (std::uint32_t* link = &head(key); *link != kNone; link = &entries_[*link].next) {
            const std::uint32_t at = *link;
            if (entries_[at].key != key) continue;
            *link = entries_[at].next;
            entries_[at].next = free_;
            free_ = at;
            --size_;
            return;
        }
    }

  private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t next = kNone;  ///< Of the chain, or of the free ones.
        Value value{};
    };

    std::uint32_t& head(std::uint64_t key) { return heads_[key & (heads_.size() - 1)]; }

    std::vector<Entry> entries_;
    std::vector<std::uint32_t> heads_;
    std::uint32_t free_ = 0;
    std::size_t size_ = 0;
};

}  // namespace flowsift::detect
