#include "decode/ip_fragment.h"

#include "decode/ip_protocol.h"

namespace flowsift::decode {
namespace {

Layer end_later_fragment(Frame& frame) {
    switch (frame.fragments.find(frame.aside.fragment.key, frame.packet)) {
        case FragmentTable::Found::kNothing:
            return frame.end(Outcome::kFragmentWithoutFirst);
        case FragmentTable::Found::kTunnel:
            return frame.end(Outcome::kTunnelFragment);
        case FragmentTable::Found::kFlow:
            break;
    }
    frame.packet.is_later_fragment = true;
    frame.packet.payload_length = frame.length_left;
    return frame.end(Outcome::kLaterFragment);
}

}  // namespace

Layer layer_of_fragment(std::uint32_t identification, std::uint32_t offset, bool more, Frame& frame) {
    if (offset == 0 && !more) return layer_of_ip_protocol(frame);
    const Packet& packet = frame.packet;
    base::ByteReader ahead = frame.reader;
    frame.aside.fragment = {
        {packet.source, packet.destination, identification, packet.vlan, packet.tunnel_id, frame.next_protocol},
        ahead.rest(),
        frame.length_left,
        offset,
        more};
    frame.is_fragment = true;
    const Layer layer = layer_of_ip_protocol(frame);
    if (layer == Layer::kEnd || offset == 0) return layer;
    // What a tunnel carries was a packet of its own when its first fragment came, with its whole length.
    if (!frame.is_fragment) return frame.end(Outcome::kTunnelFragment);
    return end_later_fragment(frame);
}

void finish_fragment(Frame& frame, Reassembler* reassembler) {
    const Fragment& fragment = frame.aside.fragment;
    Packet& packet = frame.packet;
    packet.payload = {};
    const bool is_decoded_first = fragment.is_first() && frame.outcome == Outcome::kFlowPacket;
    if (is_decoded_first) frame.fragments.remember(fragment.key, packet);
    const bool is_later = frame.outcome == Outcome::kLaterFragment || frame.outcome == Outcome::kFragmentWithoutFirst;
    if (reassembler == nullptr || (!is_decoded_first && !is_later)) return;
    const std::uint32_t header_bytes = is_decoded_first ? fragment.length - packet.payload_length : 0;
    packet.payload = reassembler->add(fragment, header_bytes, packet.timestamp);
}

}  // namespace flowsift::decode
