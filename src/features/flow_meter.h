// FlowMeter: the one extractor. Packets in, flow rows out, in training as on the wire.
//
// Owns the flow table and all accumulators. Single-threaded: one meter per worker. Feature time comes from packets;
// tick() may end flows but never enters a feature.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/hash.h"
#include "decode/packet.h"
#include "features/schema.h"

namespace flowsift::features {

/// Receives what the meter finds. Called on the meter's thread.
class FlowListener {
  public:
    virtual ~FlowListener() = default;
    virtual void on_flow_ended(const FlowRow& row) = 0;
};

/// flows_started == sum(flows_ended) + flows_live, always. packets == sum of packets in flows + late_packets.
struct MeterCounters {
    std::uint64_t packets = 0;          ///< Given to add().
    std::uint64_t late_packets = 0;     ///< After the export of a closed flow of their key: belong to no flow.
    std::uint64_t clamped_timestamps = 0;  ///< Earlier than the latest seen; taken as that.
    std::uint64_t held_back_jumps = 0;  ///< Forward jumps over an hour that no later packet has confirmed.
    std::uint64_t flows_started = 0;
    std::uint64_t flows_live = 0;
    std::array<std::uint64_t, flow::kEndReasonCount> flows_ended{};  ///< By EndReason.
};

class FlowMeter {
  public:
    struct Options {
        AssemblyProfile profile = kProfiles[0];
        base::HashKey hash_key = base::HashKey::random();
    };

    /// `listener` must outlive the meter.
    FlowMeter(const Options& options, const Schema& schema, FlowListener& listener);
    ~FlowMeter();

    void add(const decode::Packet& packet);

    /// Tells the capture clock without a packet: ends flows whose timeouts have passed at `now`.
    void tick(base::Nanoseconds now);

    /// Ends every live flow (EndReason::kShutdown where it was still open), oldest first.
    void finish();

    const MeterCounters& counters() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace flowsift::features
