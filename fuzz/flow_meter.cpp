// Any sequence of packets through the extractor of all features: it must equal the plain one, at every checkpoint, too;
// its counters must close, and no value may be NaN or infinite. Some twelve bytes of input make one packet; few hosts
// and ports, so that flows meet.
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "tests/features/collected_flows.h"
#include "tests/features/flow_comparison.h"
#include "tests/features/packet_makers.h"
#include "tests/features/reference_extractor.h"

namespace {

using namespace flowsift;

decode::Packet packet_of(base::ByteReader& input, base::Nanoseconds& clock) {
    constexpr std::uint8_t kProtocols[] = {6, 6, 6, 6, 17, 1, 132, 47};
    const std::uint8_t who = input.u8();
    features::Talk talk;
    talk.client_port = static_cast<std::uint16_t>(1000 + (who >> 1 & 1));
    talk.server = *base::parse_ip_address((who >> 2 & 1) != 0 ? "10.0.0.2" : "10.0.0.1");
    talk.protocol = kProtocols[who >> 3 & 7];
    const std::uint16_t length = input.be16();
    decode::Packet packet = (who & 1) != 0 ? talk.from_client(0, length) : talk.from_server(0, length);
    packet.is_echo = (who >> 6 & 1) != 0;
    packet.icmp_type = packet.is_echo ? 8 : 3;
    // A gap of up to 2^31 times 1 ns … 2^15 ns: whole days at most; the highest bit makes it a step back.
    const std::uint8_t scale = input.u8();
    const base::Nanoseconds step = static_cast<base::Nanoseconds>(input.be16()) << (scale & 31);
    packet.timestamp = clock + ((scale & 0x80) != 0 ? -step : step);
    if ((scale & 0x40) == 0) clock = packet.timestamp;
    packet.tcp_flags = packet.protocol == decode::ip_protocol::kTcp ? input.u8() : std::uint8_t{0};
    packet.tcp_sequence = 0xfffffff0u + input.u8();
    packet.tcp_acknowledgement = 0xfffffff0u + input.u8();
    packet.tcp_window = input.be16();
    return packet;
}

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    base::ByteReader input({data, size});
    const features::AssemblyProfile& profile = features::kProfiles[input.u8() % std::size(features::kProfiles)];
    base::Nanoseconds clock = 0;
    std::vector<decode::Packet> packets;
    while (input.remaining() > 0 && packets.size() < 1000) packets.push_back(packet_of(input, clock));

    const std::vector<features::Checkpoint> checkpoints = features::parse_checkpoints("1,2,5,1s,7s").value();
    features::TestMeter test(profile, {1, 2}, checkpoints);
    for (const decode::Packet& packet : packets) test.meter.add(packet);
    test.meter.finish();
    const features::MeterCounters counters = test.meter.counters();
    const features::reference::Extraction plain = features::reference::extract(packets, profile, checkpoints);
    const std::string difference = features::first_difference_in_order(test.collector.rows, plain.rows);
    require(difference.empty(), difference.c_str());
    require(counters.packets == packets.size() && counters.flows_live == 0, "packets or flows unaccounted for");
    require(counters.late_packets == plain.late_packets, "late packets");
    require(counters.flows_started == test.collector.flows.size(), "started != ended");
    for (const auto& flow : test.collector.rows)
        for (const double value : flow.values) require(std::isfinite(value), "not finite");
    return 0;
}
