// Slab: fixed-size records at stable addresses, named by a 32-bit index, reused as they are released.
//
// Grows by blocks and never shrinks, so that after warm-up nothing is allocated. Owned by one thread.
#pragma once

#include <cstdint>
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

    /// A freshly constructed record.
    Index acquire() {
        if (free_.empty()) grow();
        const Index index = free_.back();
        free_.pop_back();
        new (place(index)) Record();
        return index;
    }

    /// Precondition of both: `index` is acquired.
    void release(Index index) { free_.push_back(index); }
    Record& operator[](Index index) { return *std::launder(reinterpret_cast<Record*>(place(index))); }

    std::size_t size() const { return blocks_.size() * kBlock - free_.size(); }

  private:
    static constexpr Index kBlock = 1024;
    struct Place {
        alignas(Record) std::byte bytes[sizeof(Record)];
    };

    void* place(Index index) { return blocks_[index / kBlock][index % kBlock].bytes; }

    void grow() {
        const auto first = static_cast<Index>(blocks_.size() * kBlock);
        blocks_.push_back(std::make_unique_for_overwrite<Place[]>(kBlock));
        free_.reserve(blocks_.size() * kBlock);
        for (Index i = kBlock; i > 0; --i) free_.push_back(first + i - 1);
    }

    std::vector<std::unique_ptr<Place[]>> blocks_;
    std::vector<Index> free_;
};

}  // namespace flowsift::flow
