// Any bytes as a frame of each link type. The same bytes come twice, so that fragments can find their first.
//
// Promises checked besides memory safety: the payload lies within the frame and is no longer than it was on the wire.
#include <cstdlib>

#include "decode/decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flowsift;
    using capture::LinkType;
    static decode::Decoder decoder(base::HashKey{1, 2});
    for (const LinkType link_type :
         {LinkType::kNull, LinkType::kEthernet, LinkType::kRaw, LinkType::kLoop, LinkType::kLinuxCooked,
          LinkType::kIpv4, LinkType::kIpv6, LinkType::kLinuxCooked2}) {
        for (const std::uint32_t cut_off : {0U, 100U}) {
            capture::RawPacket raw;
            raw.bytes = {data, size};
            raw.original_length = static_cast<std::uint32_t>(size) + cut_off;
            raw.link_type = link_type;
            decode::Packet packet;
            if (!decode::is_for_flows(decoder.decode(raw, packet))) continue;
            if (packet.payload.empty()) continue;  // Of a fragment it is.
            const std::uint8_t* payload = packet.payload.data();
            if (payload < data || payload + packet.payload.size() > data + size) std::abort();
            if (packet.payload.size() > packet.payload_length) std::abort();
        }
    }
    return 0;
}
