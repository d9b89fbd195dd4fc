// FlowMeter: the one extractor. Packets in, flow rows out, in training as on the wire.
//
// Owns the flow table and all accumulators. Single-threaded. Feature time comes from packets; tick() may end flows but
// never enters a feature. Rows come in the order of their flows' ends, in packet time, and at most a slot of the timers
// (67 ms) after that time has passed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/hash.h"
#include "decode/packet.h"
#include "features/event_sequence.h"
#include "features/packet_meter.h"
#include "features/schema.h"

namespace flowsift::features {

class FlowMeter final : public PacketMeter {
  public:
    struct Options {
        AssemblyProfile profile = kProfiles[0];
        base::HashKey hash_key = base::HashKey::random();
        /// Of the flow table and all that hangs on it; at least flow::kLeastMemoryCap. Who goes at the cap: see
        /// flow/assembler.h.
        std::size_t memory_cap_bytes = std::size_t{1} << 30;
        /// Rows bear attributes: what the flows' first bytes tell in clear (features/attribute_collector.h). A quarter
        /// of the memory cap, half a megabyte at least, is set aside for them.
        bool with_attributes = false;
    };

    /// `listener` must outlive the meter.
    FlowMeter(const Options& options, const Schema& schema, FlowListener& listener);
    ~FlowMeter() override;

    void add(const decode::Packet& packet) { add(std::span(&packet, 1)); }
    void add(std::span<const decode::Packet> packets) override;
    void tick(base::Nanoseconds now) override;
    void drain() override {}
    void finish() override;
    MeterCounters counters() const override;
    std::size_t memory_bytes() const override;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace flowsift::features
