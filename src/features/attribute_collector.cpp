#include "features/attribute_collector.h"

#include <algorithm>

namespace flowsift::features {
namespace {

using decode::Reading;

base::Bytes payload_of(const decode::Packet& packet) {
    return packet.payload.first(std::min(packet.payload.size(), AttributeCollector::kPayloadRead));
}

}  // namespace

AttributeCollector::AttributeCollector(bool is_wanted, std::size_t memory_bytes)
    : watches_(is_wanted),
      most_attributes_(is_wanted ? memory_bytes / 4 * 3 / sizeof(FlowAttributes) : 0),
      attributes_(most_attributes_),
      pool_(is_wanted ? memory_bytes / 4 : 0) {
    if (!is_wanted) return;
    reader_ = std::make_unique<decode::ApplicationReader>();
    flight_ = std::make_unique<decode::QuicFlight>();
}

void AttributeCollector::add(std::uint32_t flow, const decode::Packet& packet, flow::Direction direction) {
    const bool is_tcp = packet.protocol == decode::ip_protocol::kTcp;
    if (packet.payload.empty() && !(is_tcp && packet.has_flag(decode::tcp_flag::kSyn))) return;
    if (!watches_[flow].sides[direction].is_open) return;
    if (is_tcp) return add_segment(flow, packet, direction);
    if (packet.protocol == decode::ip_protocol::kUdp) add_datagram(flow, packet, direction);
}

const FlowAttributes* AttributeCollector::find(std::uint32_t flow) const {
    const std::uint32_t index = watches_[flow].attributes;
    return index == kNone ? nullptr : &attributes_[index];
}

void AttributeCollector::end(std::uint32_t flow) {
    Watch& watch = watches_[flow];
    if (watch.attributes != kNone) attributes_.release(watch.attributes);
    if (watch.has_buffer()) pool_.release(watch.buffer);
}

std::size_t AttributeCollector::pool_bytes() const {
    return is_wanted() ? attributes_.bytes() + pool_.bytes() : 0;
}

void AttributeCollector::add_segment(std::uint32_t flow, const decode::Packet& packet, flow::Direction direction) {
    if (packet.is_later_fragment) return;  // Without a TCP header nobody knows its place.
    Watch& watch = watches_[flow];
    Watch::Side& side = watch.sides[direction];
    const std::uint32_t first = packet.tcp_sequence + (packet.has_flag(decode::tcp_flag::kSyn) ? 1 : 0);
    if (!side.has_base) side.base = first;
    side.has_base = true;
    const base::Bytes payload = payload_of(packet);
    const std::uint32_t offset = first - side.base;
    if (payload.empty() || offset >= decode::StreamHead::kCapacity) return;
    if (watch.has_buffer() && watch.collecting != direction) return;

    base::Bytes stream = payload;
    const bool is_first = !watch.has_buffer() && offset == 0;
    if (!is_first) {
        if (!watch.has_buffer() && !take_buffer(flow, direction)) return;
        decode::StreamHead& head = pool_[watch.buffer].crypto;
        head.put(offset, payload);
        stream = head.contiguous();
        if (stream.empty()) return;
    }
    FlowAttributes found;
    const Reading reading = reader_->read_stream(stream, packet, found);
    settle(watch, direction, reading, found);
    if (reading != Reading::kNeedsMore || !side.is_open) return;
    if (is_first && take_buffer(flow, direction)) pool_[watch.buffer].crypto.put(0, payload);
    if (watch.has_buffer() && pool_[watch.buffer].crypto.is_full()) close(watch, direction);
}

void AttributeCollector::add_datagram(std::uint32_t flow, const decode::Packet& packet, flow::Direction direction) {
    Watch& watch = watches_[flow];
    if (watch.has_buffer() && watch.collecting != direction) return;
    decode::QuicFlight& flight = watch.has_buffer() ? pool_[watch.buffer] : *flight_;
    if (!watch.has_buffer()) flight.clear();
    FlowAttributes found;
    const Reading reading = reader_->read_datagram(payload_of(packet), packet, flight, found);
    Watch::Side& side = watch.sides[direction];
    const bool may_be_another =
        reading == Reading::kForeign && found.application == decode::Application::kNone && --side.datagrams_left > 0;
    if (may_be_another) return;
    settle(watch, direction, reading, found);
    if (reading != Reading::kNeedsMore || !side.is_open || watch.has_buffer()) return;
    if (take_buffer(flow, direction)) pool_[watch.buffer] = *flight_;
}

/// Keeps what was found and looks no further where nothing more is to be found.
void AttributeCollector::settle(Watch& watch, flow::Direction direction, Reading reading, const FlowAttributes& found) {
    if (found.application != decode::Application::kNone) keep(watch, found);
    if (reading == Reading::kForeign) close(watch, direction);
    if (reading != Reading::kDone) return;
    close(watch, flow::kForward);
    close(watch, flow::kBackward);
}

void AttributeCollector::keep(Watch& watch, const FlowAttributes& found) {
    if (watch.attributes == kNone) {
        if (attributes_.size() >= most_attributes_) {
            ++counters_.attributes_not_kept;
            close(watch, flow::kForward);
            close(watch, flow::kBackward);
            return;
        }
        watch.attributes = attributes_.acquire();
    }
    attributes_[watch.attributes] = found;
}

/// False: there are no buffers at all. Whose was taken is looked at no more.
bool AttributeCollector::take_buffer(std::uint32_t flow, flow::Direction direction) {
    Watch& watch = watches_[flow];
    if (!pool_.can_take()) {
        ++counters_.unfinished_messages_dropped;
        close(watch, direction);
        return false;
    }
    const ReassemblyPool::Taken taken = pool_.take(flow);
    if (taken.loser) {
        Watch& loser = watches_[*taken.loser];
        loser.buffer = kNone;
        loser.sides[loser.collecting].is_open = false;
        ++counters_.unfinished_messages_dropped;
    }
    pool_[taken.index].clear();
    watch.buffer = taken.index;
    watch.collecting = direction;
    return true;
}

void AttributeCollector::close(Watch& watch, flow::Direction direction) {
    watch.sides[direction].is_open = false;
    if (!watch.has_buffer() || watch.collecting != direction) return;
    pool_.release(watch.buffer);
    watch.buffer = kNone;
}

}  // namespace flowsift::features
