// Slab: fixed-size records at stable addresses, named by a 32-bit index, reused as they are released.
//
// Grows by blocks and never shrinks, so that after warm-up nothing is allocated. Tells in bytes what it holds and what
// growing would take, for whoever keeps to a limit, and which record comes next, for whoever fetches memory ahead.
// Owned by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>

#include "base/growing_array.h"

namespace flowsift::flow {

template <class Record>
class Slab {
    static_assert(std::is_trivially_destructible_v<Record>, "records are dropped, not destroyed");

  public:
    using Index = std::uint32_t;
    static constexpr Index kBlock = 1024;

    /// `most`: records that there may ever be at one time.
    explicit Slab(std::size_t most) : records_(most + kBlock), free_(most + kBlock) {}

    /// A freshly constructed record.
    Index acquire() {
        if (is_full()) grow();
        const Index index = free_[size_++];
        new (&records_[index]) Record();
        return index;
    }

    /// Precondition of both: `index` is acquired.
    void release(Index index) { free_[--size_] = index; }
    Record& operator[](Index index) { return records_[index]; }
    const Record& operator[](Index index) const { return records_[index]; }

    /// The place of a record that acquire() will soon give: of the next one where `ahead` is 0. Not to be read.
    const Record* upcoming(std::size_t ahead) const {
        return size_ + ahead < capacity() ? &records_[free_[size_ + ahead]] : nullptr;
    }

    std::size_t size() const { return size_; }
    std::size_t capacity() const { return records_.size(); }
    /// The next acquire() has to grow.
    bool is_full() const { return size_ == capacity(); }

    /// Allocated now.
    std::size_t bytes() const { return records_.bytes() + free_.bytes(); }
    /// Allocated by growing once.
    std::size_t growth_bytes() const {
        return records_.growth_bytes(capacity() + kBlock) + free_.growth_bytes(capacity() + kBlock);
    }

    /// One more block.
    void grow() {
        const std::size_t before = capacity();
        records_.grow_to(before + kBlock);
        free_.grow_to(before + kBlock);
        for (std::size_t i = before; i < before + kBlock; ++i) free_[i] = static_cast<Index>(i);
    }

  private:
    base::GrowingArray<Record> records_;
    base::GrowingArray<Index> free_;  ///< A permutation of all indices: those from size_ on are free, in this order.
    std::size_t size_ = 0;
};

}  // namespace flowsift::flow
