// FlowShard: flow assembly and the accumulators of features for all flows of a capture, or for those of one worker.
// Packets with their time in, batches of events out.
//
// Owned by one thread.
#pragma once

#include <memory>
#include <span>

#include "decode/packet.h"
#include "features/attribute_counters.h"
#include "features/flow_event.h"
#include "features/schema.h"
#include "flow/counters.h"

namespace flowsift::features {

/// Where a shard's events go. Called on the shard's thread, for a batch at a time.
class EventSink {
  public:
    virtual ~EventSink() = default;
    /// `watermark`: later calls tell of nothing before it. Returns an empty batch to go on with.
    virtual std::unique_ptr<EventBatch> take(std::unique_ptr<EventBatch> batch, const EventOrder& watermark) = 0;
};

/// A packet whose flow's hash and whose time are settled.
struct TimedPacket {
    decode::Packet packet;
    std::uint32_t hash = 0;
    base::Nanoseconds time = 0;
};

struct ShardCounters : flow::AssemblyCounters, AttributeCounters {
    ShardCounters& operator+=(const ShardCounters& other) {
        AssemblyCounters::operator+=(other);
        AttributeCounters::operator+=(other);
        return *this;
    }
};

class FlowShard {
  public:
    struct Options {
        AssemblyProfile profile = kProfiles[0];
        std::size_t memory_cap_bytes = 0;
        bool with_attributes = false;  ///< Rows bear what the flows' first bytes tell. Takes a quarter of the memory.
    };

    /// Of packets given to a shard no more payload than this is read; none at all where is_payload_read() says so.
    static constexpr std::size_t kPayloadRead = 8192;
    static bool is_payload_read(const Options& options, const Schema& schema);

    /// `sink` must outlive the shard.
    FlowShard(const Options& options, const Schema& schema, EventSink& sink);
    ~FlowShard();

    void prefetch_slot(std::uint32_t hash) const;
    void prefetch_record(std::uint32_t hash);
    void add(const decode::Packet& packet, std::uint32_t hash, base::Nanoseconds time);

    /// All of them, in order; memory is fetched ahead.
    void add(std::span<const TimedPacket> packets);

    /// Tells the capture's time without a packet.
    void advance(base::Nanoseconds now);

    /// Hands over what has happened so far.
    void flush();

    /// Ends all flows and hands over the rest.
    void finish();

    ShardCounters counters() const;
    std::size_t memory_bytes() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace flowsift::features
