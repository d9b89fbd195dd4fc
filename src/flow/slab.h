// Slab: fixed-size records at stable addresses, named by a 32-bit index, reused as they are released.
//
// Grows by blocks and never shrinks, so that after warm-up nothing is allocated. Tells in bytes what it holds and what
// growing would take, for whoever keeps to a limit. Owned by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace flowsift::flow {

template <class Record>
class Slab {
    static_assert(std::is_trivially_destructible_v<Record>, "records are dropped, not destroyed");

  public:
    using Index = std::uint32_t;
    static constexpr Index kBlock = 1024;

    /// A freshly constructed record.
    Index acquire() {
        Index index = free_;
        if (index != kNone) {
            std::memcpy(&free_, place(index), sizeof free_);
        } else {
            if (is_full()) grow();
            index = fresh_++;
        }
        ++size_;
        new (place(index)) Record();
        return index;
    }

    /// Precondition of both: `index` is acquired.
    void release(Index index) {
        std::memcpy(place(index), &free_, sizeof free_);
        free_ = index;
        --size_;
    }
    Record& operator[](Index index) { return *std::launder(reinterpret_cast<Record*>(place(index))); }

    std::size_t size() const { return size_; }
    std::size_t capacity() const { return blocks_.size() * kBlock; }
    /// The next acquire() has to grow.
    bool is_full() const { return size_ == capacity(); }

    /// Allocated now.
    std::size_t bytes() const { return blocks_.size() * kBlockBytes + blocks_.capacity() * sizeof(Block); }
    /// Allocated at most by growing once, what is freed on the way not taken off.
    std::size_t growth_bytes() const {
        return kBlockBytes + (blocks_.size() < blocks_.capacity() ? 0 : grown_capacity() * sizeof(Block));
    }

    /// One more block.
    void grow() {
        if (blocks_.size() == blocks_.capacity()) blocks_.reserve(grown_capacity());
        blocks_.push_back(std::make_unique_for_overwrite<Place[]>(kBlock));
    }

  private:
    static constexpr Index kNone = 0xffffffff;
    struct Place {
        alignas(Record) std::byte bytes[sizeof(Record)];
    };
    static_assert(sizeof(Place) >= sizeof(Index), "a free place holds the index of the next one");
    using Block = std::unique_ptr<Place[]>;
    static constexpr std::size_t kBlockBytes = kBlock * sizeof(Place);

    std::size_t grown_capacity() const { return blocks_.capacity() * 2 + 16; }

    void* place(Index index) { return blocks_[index / kBlock][index % kBlock].bytes; }

    std::vector<Block> blocks_;
    Index free_ = kNone;  ///< Head of the list of released places.
    Index fresh_ = 0;     ///< From here on no place was ever used.
    std::size_t size_ = 0;
};

}  // namespace flowsift::flow
