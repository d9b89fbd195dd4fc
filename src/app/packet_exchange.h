// PacketExchange: where the workers of a group of rings meet. It hands over packets that came by another ring than
// their flow's worker reads (packets in tunnels), as copies, and tells how far all rings have been read, so that a
// worker can bring its own and the others' packets into the order of time before it assembles flows.
//
// A worker first hands over and settles a batch, then waits for the others to have read as far: whoever is behind in
// time waits for nobody, so none can wait in a circle. And nobody is ahead by more than a batch, which bounds what is
// under way. One lock for a batch of hundreds of packets.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/byte_arena.h"
#include "base/pool.h"
#include "features/flow_shard.h"

namespace flowsift::app {

/// Packets on their way to another worker, with what their payload views look at.
struct PacketBundle {
    std::vector<features::TimedPacket> packets;
    base::ByteArena payloads;
    std::size_t taken = 0;  ///< So many of them have been collected.
};

class PacketExchange {
  public:
    explicit PacketExchange(std::size_t workers) : settled_(workers, INT64_MIN), desks_(workers) {}

    /// One to be filled, with no packets in it.
    std::unique_ptr<PacketBundle> empty_bundle();

    /// Precondition: the worker that calls has not settled the packets' times yet.
    void hand_over(std::size_t to, std::unique_ptr<PacketBundle> bundle);

    /// Whatever `worker` hands over from now on is stamped no earlier. INT64_MAX: it has ended.
    void settle(std::size_t worker, base::Nanoseconds time);

    /// What all workers have settled.
    base::Nanoseconds settled() const;

    /// Returns when settled() is at least `time`, and what it is.
    base::Nanoseconds wait_until_settled(base::Nanoseconds time);

    /// The latest that any worker has settled before it ended; INT64_MIN: nothing yet.
    base::Nanoseconds farthest() const;

    /// Appends the packets for `worker` that are stamped at most `limit`, sender by sender in their order. Their
    /// payloads may be viewed until the worker's next call.
    void collect(std::size_t worker, base::Nanoseconds limit, std::vector<features::TimedPacket>& packets);

  private:
    /// Of one worker.
    struct Desk {
        std::vector<std::unique_ptr<PacketBundle>> inbox;  ///< Behind the lock.
        std::vector<std::unique_ptr<PacketBundle>> open;   ///< The worker's own: not all of it collected …
        std::vector<std::unique_ptr<PacketBundle>> done;   ///< … or all of it, by the latest collect().
    };

    mutable std::mutex mutex_;
    std::condition_variable has_settled_;
    std::vector<base::Nanoseconds> settled_;  ///< By worker.
    base::Nanoseconds farthest_ = INT64_MIN;
    std::vector<Desk> desks_;  ///< By worker.
    base::Pool<PacketBundle> spares_;
};

}  // namespace flowsift::app
