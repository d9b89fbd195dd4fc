// PacketMeter: what the pipeline asks of a meter, be it one thread's (features/flow_meter.h) or several workers'
// (app/parallel_meter.h).
//
// Called on the thread that reads the packets.
#pragma once

#include <cstddef>
#include <span>

#include "decode/packet.h"
#include "features/flow_shard.h"
#include "flow/counters.h"

namespace flowsift::features {

struct MeterCounters : ShardCounters, flow::TimeCounters {};

class PacketMeter {
  public:
    virtual ~PacketMeter() = default;

    /// In batches of a few hundred; their views live for the call only.
    virtual void add(std::span<const decode::Packet> packets) = 0;

    /// Tells the capture clock without a packet: ends flows whose timeouts have passed at `now`.
    virtual void tick(base::Nanoseconds now) = 0;

    /// Returns when the listener has heard of everything that the packets so far decide.
    virtual void drain() = 0;

    /// Ends every live flow (EndReason::kShutdown where it was still open), in the order of their ends. The last call.
    virtual void finish() = 0;

    /// Of the packets that the listener's thread has done with: all of them after drain() and finish().
    virtual MeterCounters counters() const = 0;

    /// Allocated now for flows, in bytes: what the cap limits.
    virtual std::size_t memory_bytes() const = 0;
};

}  // namespace flowsift::features
