// RememberedFlows: what is known of flows that were exported, until their idle timeout has passed: closed ones, whose
// late packets belong to nothing, and cut ones, which the next packet continues.
//
// A ring in the order in which they were exported, one cache line for each, so that remembering writes to memory in
// sequence. That is about the order in which they may be forgotten; whoever asks looks at the times. Owned by one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/growing_array.h"
#include "flow/flow_key.h"
#include "flow/slab.h"
#include "flow/tcp_state.h"

namespace flowsift::flow {

/// What a flow that continues another one takes from it.
struct Continuation {
    base::Nanoseconds connection_start = 0;
    TcpState tcp;
    bool initiator_is_low = true;
};

struct RememberedFlow {
    static constexpr std::uint32_t kClosed = 0xffffffff;
    static constexpr std::uint32_t kForgotten = 0xfffffffe;

    FlowKey key;
    base::Nanoseconds last = 0;  ///< Last packet.
    std::uint32_t hash = 0;      ///< Of key.
    /// Index of a Continuation, or kClosed: by FIN or RST, or kForgotten: before its turn.
    std::uint32_t continuation = kClosed;

    bool was_closed() const { return continuation == kClosed; }
    bool is_forgotten() const { return continuation == kForgotten; }
};
static_assert(sizeof(RememberedFlow) == 64);

class RememberedFlows {
  public:
    using Number = std::uint32_t;  ///< 31 bits, in the order of remembering; wraps.

    /// `most_bytes`: of the ring, and of the continuations.
    explicit RememberedFlows(std::size_t most_bytes)
        : ring_(2 * most_bytes / sizeof(RememberedFlow) + kSmallest),
          continuations_(most_bytes / sizeof(Continuation)) {
        ring_.grow_to(kSmallest);
    }

    bool is_empty() const { return first_ == past_last_; }
    bool is_full() const { return size() == ring_.size(); }
    Number oldest() const { return first_; }

    RememberedFlow& operator[](Number number) { return ring_[place(number)]; }
    Continuation& continuation(const RememberedFlow& flow) { return continuations_[flow.continuation]; }

    /// Precondition: not full.
    Number add(const RememberedFlow& flow) {
        const Number number = past_last_;
        ring_[place(number)] = flow;
        past_last_ = next(number);
        return number;
    }
    /// The place of a Continuation for the flow that is added next.
    std::uint32_t add_continuation(const Continuation& continuation) {
        const std::uint32_t index = continuations_.acquire();
        continuations_[index] = continuation;
        return index;
    }

    /// Out of turn: its place is free once it is the oldest.
    void forget(Number number) {
        RememberedFlow& flow = ring_[place(number)];
        if (!flow.was_closed()) continuations_.release(flow.continuation);
        flow.continuation = RememberedFlow::kForgotten;
    }
    void remove_oldest() {
        RememberedFlow& flow = ring_[place(first_)];
        if (!flow.was_closed() && !flow.is_forgotten()) continuations_.release(flow.continuation);
        first_ = next(first_);
    }

    /// The one that will be the oldest after `ahead` others; some other one if there are not so many.
    const RememberedFlow& upcoming(Number ahead) const { return ring_[place((first_ + ahead) & kMask)]; }

    /// Allocated now, by growing once, and by add_continuation().
    std::size_t bytes() const { return ring_.bytes() + continuations_.bytes(); }
    std::size_t growth_bytes() const { return ring_.growth_bytes(2 * ring_.size()); }
    std::size_t continuation_bytes() const { return continuations_.is_full() ? continuations_.growth_bytes() : 0; }

    /// Twice the room. What moves keeps its number.
    void grow() {
        const auto before = static_cast<Number>(ring_.size());
        ring_.grow_to(2 * std::size_t{before});
        for (Number number = first_; number != past_last_; number = next(number))
            if ((number & before) != 0) ring_[place(number)] = ring_[number & (before - 1)];
    }

  private:
    static constexpr std::size_t kSmallest = 1024;  ///< A power of two, like every size of the ring.
    static constexpr Number kMask = 0x7fffffff;

    std::size_t size() const { return (past_last_ - first_) & kMask; }
    std::size_t place(Number number) const { return number & (ring_.size() - 1); }
    static Number next(Number number) { return (number + 1) & kMask; }

    base::GrowingArray<RememberedFlow> ring_;
    Slab<Continuation> continuations_;
    Number first_ = 0;
    Number past_last_ = 0;
};

}  // namespace flowsift::flow
