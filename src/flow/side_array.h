// SideArray: records beside the flow records, named by the same handles: accumulators that only some schemas need.
//
// Grows by blocks of the same size as the slab of flows, and tells in bytes what it holds, so that the memory cap
// covers it (flow/flow_receiver.h). Owned by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

namespace flowsift::flow {

template <class Record>
class SideArray {
    static_assert(std::is_trivially_destructible_v<Record>, "records are overwritten, not destroyed");

  public:
    /// One that is not wanted never allocates.
    explicit SideArray(bool is_wanted) : is_wanted_(is_wanted) {}

    bool is_wanted() const { return is_wanted_; }

    /// Room for handles below `flows`.
    void reserve(std::size_t flows) {
        while (is_wanted_ && blocks_.size() * kBlock < flows) blocks_.push_back(std::make_unique<Record[]>(kBlock));
    }

    std::size_t bytes() const { return blocks_.size() * kBlockBytes + blocks_.capacity() * sizeof(Block); }
    /// Allocated at most by reserve(flows), what is freed on the way not taken off.
    std::size_t growth_bytes(std::size_t flows) const {
        if (!is_wanted_ || flows <= blocks_.size() * kBlock) return 0;
        const std::size_t blocks = (flows + kBlock - 1) / kBlock;
        return (blocks - blocks_.size()) * kBlockBytes + 2 * blocks * sizeof(Block);
    }

    /// Precondition: is_wanted() and room for `handle`. A flow that starts finds what the one before it left.
    Record& operator[](std::uint32_t handle) { return blocks_[handle / kBlock][handle % kBlock]; }
    const Record& operator[](std::uint32_t handle) const { return blocks_[handle / kBlock][handle % kBlock]; }

  private:
    static constexpr std::size_t kBlock = 1024;
    static constexpr std::size_t kBlockBytes = kBlock * sizeof(Record);
    using Block = std::unique_ptr<Record[]>;

    bool is_wanted_;
    std::vector<Block> blocks_;
};

}  // namespace flowsift::flow
