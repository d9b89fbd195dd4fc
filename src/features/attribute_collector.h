// AttributeCollector: reads the first bytes of each flow until they have told what it speaks and with whom, or that
// they will not.
//
// Most messages come whole in one packet and are read where they lie. Of others, up to 8 KiB of one direction are put
// together, TCP by sequence number, in a buffer of a bounded pool; the buffer is given back as soon as the message is
// read or is none, at the latest when the flow ends. Nothing else of a payload is kept. Owned by one thread.
//
// Looked at are the first segments of each direction of a TCP stream, the first four datagrams of each direction of a
// UDP flow that nobody recognises, of other protocols nothing. A continuation after an active timeout is looked at
// anew.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "decode/application.h"
#include "decode/packet.h"
#include "features/attribute_counters.h"
#include "features/flow_attributes.h"
#include "features/reassembly_pool.h"
#include "flow/direction.h"
#include "flow/side_array.h"
#include "flow/slab.h"

namespace flowsift::features {

class AttributeCollector {
  public:
    /// Of a payload no more than this is looked at.
    static constexpr std::size_t kPayloadRead = decode::StreamHead::kCapacity;

    /// `memory_bytes`: of the attributes of live flows and the buffers. One that is not wanted allocates nothing.
    AttributeCollector(bool is_wanted, std::size_t memory_bytes);

    bool is_wanted() const { return watches_.is_wanted(); }

    // What follows wants is_wanted(). Handles are the assembler's.

    void start(std::uint32_t flow) { watches_[flow] = {}; }
    void add(std::uint32_t flow, const decode::Packet& packet, flow::Direction direction);
    /// nullptr: none were found. Valid until the next call that may change them.
    const FlowAttributes* find(std::uint32_t flow) const;
    void end(std::uint32_t flow);

    /// Room for handles below `flows`: what flow::FlowReceiver asks for; counts no buffers and attributes.
    void reserve(std::size_t flows) { watches_.reserve(flows); }
    std::size_t growth_bytes(std::size_t flows) const { return watches_.growth_bytes(flows); }
    std::size_t bytes() const { return watches_.bytes(); }

    /// Of buffers and attributes, allocated now: within what the constructor was told, to a block.
    std::size_t pool_bytes() const;
    const AttributeCounters& counters() const { return counters_; }

  private:
    static constexpr std::uint32_t kNone = 0xffffffff;
    static constexpr std::uint8_t kDatagramsRead = 4;

    /// How far we are with a flow.
    struct Watch {
        struct Side {
            std::uint32_t base = 0;  ///< Sequence number of the stream's first byte.
            bool has_base = false;
            bool is_open = true;  ///< May still tell something.
            std::uint8_t datagrams_left = kDatagramsRead;
        };
        std::array<Side, 2> sides;                    ///< By Direction.
        std::uint32_t attributes = kNone;             ///< In attributes_.
        std::uint32_t buffer = kNone;                 ///< In pool_ …
        flow::Direction collecting = flow::kForward;  ///< … for this direction.

        bool has_buffer() const { return buffer != kNone; }
    };

    void add_segment(std::uint32_t flow, const decode::Packet& packet, flow::Direction direction);
    void add_datagram(std::uint32_t flow, const decode::Packet& packet, flow::Direction direction);
    void settle(Watch& watch, flow::Direction direction, decode::Reading reading, const FlowAttributes& found);
    void keep(Watch& watch, const FlowAttributes& found);
    bool take_buffer(std::uint32_t flow, flow::Direction direction);
    void close(Watch& watch, flow::Direction direction);

    flow::SideArray<Watch> watches_;
    std::size_t most_attributes_;
    flow::Slab<FlowAttributes> attributes_;
    ReassemblyPool pool_;
    std::unique_ptr<decode::ApplicationReader> reader_;
    std::unique_ptr<decode::QuicFlight> flight_;  ///< Scratch: of a datagram that may be all there is.
    AttributeCounters counters_;
};

}  // namespace flowsift::features
