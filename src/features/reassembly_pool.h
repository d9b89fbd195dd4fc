// ReassemblyPool: a bounded number of buffers for flows whose first message has not come whole. A flow keeps one until
// its message is read, turns out to be something else, or the flow ends.
//
// When all are taken the flow that has waited longest loses its buffer, and with it its attributes: whoever floods the
// pool with begun handshakes pushes out the oldest of them, while an honest one is whole after milliseconds. Buffers
// hold payload, at most 8 KiB each; they are overwritten by their next user. Owned by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "decode/quic_initial.h"

namespace flowsift::features {

class ReassemblyPool {
  public:
    using Index = std::uint32_t;

    explicit ReassemblyPool(std::size_t memory_bytes) : most_(memory_bytes / sizeof(Buffer)) {}

    struct Taken {
        Index index = 0;
        std::optional<std::uint32_t> loser;  ///< The flow whose buffer this was until now.
    };

    /// A buffer for `flow`, with what the one before has left in it. Precondition: can_take().
    Taken take(std::uint32_t flow);
    bool can_take() const { return most_ > 0; }
    void release(Index index);

    /// Also for TCP, of which only `crypto` is used: the one kind of buffer there is.
    decode::QuicFlight& operator[](Index index) { return buffers_[index]->flight; }

    std::size_t bytes() const { return buffers_.size() * (sizeof(Buffer) + sizeof(buffers_[0])); }

  private:
    static constexpr Index kNone = 0xffffffff;

    struct Buffer {
        decode::QuicFlight flight;
        std::uint32_t flow = 0;
        Index older = kNone;  ///< Neighbours in the list of those that are taken.
        Index newer = kNone;
    };

    void unlink(Index index);
    void append(Index index);

    std::size_t most_;
    std::vector<std::unique_ptr<Buffer>> buffers_;  ///< Made when first needed.
    std::vector<Index> free_;
    Index oldest_ = kNone;
    Index newest_ = kNone;
};

}  // namespace flowsift::features
