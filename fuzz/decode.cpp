// Any bytes as a frame of each link type. The same bytes come twice, so that fragments can find their first.
//
// Promises checked besides memory safety: the payload lies within the frame and is no longer than it was on the wire;
// neither
// reassembly nor checksums change an outcome.
#include <cstdlib>
#include <numeric>

#include "decode/decoder.h"

namespace {

using namespace flowsift;

/// Where a whole datagram was put together, its bytes are elsewhere: they are only read.
void check_payload(const decode::Packet& packet, base::Bytes frame, bool may_be_elsewhere) {
    [[maybe_unused]] static volatile unsigned sink = 0;
    sink = std::accumulate(packet.payload.begin(), packet.payload.end(), 0U);
    if (packet.payload.empty() || may_be_elsewhere) return;
    const std::uint8_t* payload = packet.payload.data();
    if (payload < frame.data() || payload + packet.payload.size() > frame.data() + frame.size()) std::abort();
    if (packet.payload.size() > packet.payload_length) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using capture::LinkType;
    static decode::Decoder plain(base::HashKey{1, 2});
    static decode::Decoder reassembling(base::HashKey{1, 2}, {.reassemble = true, .verify_checksums = true});
    static decode::Decoder outermost(base::HashKey{1, 2}, {.flow_layer = decode::FlowLayer::kOutermost});
    reassembling.begin_batch();
    for (const LinkType link_type :
         {LinkType::kNull, LinkType::kEthernet, LinkType::kRaw, LinkType::kLoop, LinkType::kLinuxCooked,
          LinkType::kIpv4, LinkType::kIpv6, LinkType::kLinuxCooked2}) {
        for (const std::uint32_t cut_off : {0U, 100U}) {
            capture::RawPacket raw;
            raw.bytes = {data, size};
            raw.original_length = static_cast<std::uint32_t>(size) + cut_off;
            raw.link_type = link_type;
            decode::Packet packet;
            const decode::Outcome outcome = plain.decode(raw, packet);
            if (decode::is_for_flows(outcome)) check_payload(packet, raw.bytes, false);
            if (reassembling.decode(raw, packet) != outcome) std::abort();
            if (decode::is_for_flows(outcome)) check_payload(packet, raw.bytes, true);
            if (decode::is_for_flows(outermost.decode(raw, packet))) check_payload(packet, raw.bytes, false);
        }
    }
    return 0;
}
