// Frames as a capture file holds them: made from packets that tests build by hand or at random, so that whole paths can
// be tested from bytes; and what `flows` makes of capture files.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "app/extraction.h"
#include "base/random.h"
#include "capture/capture_writer.h"
#include "output/flow_csv.h"
#include "tests/capture/capture_builder.h"
#include "tests/decode/packet_builder.h"
#include "tests/features/collected_flows.h"
#include "tests/features/random_traffic.h"

namespace flowsift::app::test {

using decode::test::Buffer;

/// Of packets made here, the headers; payload is left to the snap length.
using Frame = capture::test::KeptPacket;
using Frames = std::vector<Frame>;

/// Echoes have other numbers in ICMPv6.
inline Buffer icmp_of(const decode::Packet& packet) {
    const bool is_v6 = packet.protocol == decode::ip_protocol::kIcmpV6;
    const int type = !is_v6 || !packet.is_echo ? packet.icmp_type : packet.icmp_type == 8 ? 128 : 129;
    return decode::test::icmp(static_cast<std::uint8_t>(type), packet.icmp_code, packet.echo_identifier, {});
}

inline Buffer transport_of(const decode::Packet& packet) {
    namespace make = decode::test;
    using make::operator+;
    switch (packet.protocol) {
        case decode::ip_protocol::kTcp: {
            const std::size_t options = packet.header_length > 20 ? packet.header_length - 20u : 0u;
            return make::tcp({.source_port = packet.source_port,
                              .destination_port = packet.destination_port,
                              .sequence = packet.tcp_sequence,
                              .acknowledgement = packet.tcp_acknowledgement,
                              .flags = packet.tcp_flags,
                              .window = packet.tcp_window,
                              .options = make::bytes(options, 1)},
                             {});
        }
        case decode::ip_protocol::kUdp:
            return make::udp(packet.source_port, packet.destination_port, {}, 8 + packet.payload_length);
        case decode::ip_protocol::kIcmp:
        case decode::ip_protocol::kIcmpV6:
            return icmp_of(packet);
        case decode::ip_protocol::kSctp:
            return make::be16(packet.source_port) + make::be16(packet.destination_port) + make::bytes(8, 0);
        default:
            return make::bytes(4, 0);
    }
}

/// The Ethernet frame that decodes to `packet`, whose tunnel id does not enter. A TCP packet that is a later fragment
/// becomes one whose first fragment nobody has seen.
inline Frame frame_of(const decode::Packet& packet) {
    namespace make = decode::test;
    using make::operator+;
    const Buffer transport = transport_of(packet);
    const std::size_t length = transport.size() + packet.payload_length;
    const bool is_v4 = packet.source.is_v4() && packet.destination.is_v4();
    Buffer network;
    if (is_v4) {
        network = make::ipv4({.protocol = packet.protocol,
                              .source = base::to_string(packet.source),
                              .destination = base::to_string(packet.destination),
                              .fragment_offset = packet.is_later_fragment ? 800u : 0u,
                              .total_length = 20 + length},
                             transport);
    } else {  // An IPv4 address in its sixteen bytes, if need be.
        network = make::be32(0x60000000) + make::be16(length) + Buffer{packet.protocol, 64} +
                  Buffer(packet.source.bytes.begin(), packet.source.bytes.end()) +
                  Buffer(packet.destination.bytes.begin(), packet.destination.bytes.end()) + transport;
    }
    const std::size_t type = is_v4 ? 0x0800 : 0x86dd;
    const Buffer bytes = packet.vlan == 0 ? make::ethernet(type, network)
                                          : make::ethernet(0x8100, make::vlan(packet.vlan, type, network));
    return {packet.timestamp, bytes, static_cast<std::uint32_t>(bytes.size() + packet.payload_length)};
}

/// What a link carries besides: fragments of datagrams, frames that are not IP, and damaged ones.
inline Frame odd_frame(base::Random& random, base::Nanoseconds time) {
    namespace make = decode::test;
    const auto datagram = [&](std::size_t offset, bool more) {
        return make::ethernet(
            0x0800,
            make::ipv4(
                {.protocol = 17, .identification = random.below(3), .fragment_offset = offset, .more_fragments = more},
                make::udp(5000, 53, make::bytes(56))));
    };
    Buffer bytes;
    switch (random.below(5)) {
        case 0:
            bytes = datagram(0, true);
            break;
        case 1:
            bytes = datagram(64, random.below(2) == 0);
            break;
        case 2:
            bytes = make::ethernet(0x0806, make::bytes(46, 0));
            break;
        case 3:
            bytes = make::bytes(random.below(60));
            break;
        default:
            bytes = datagram(0, false);
            for (int i = 0; i < 4; ++i) bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] ^= 0x11;
    }
    return {time, bytes, static_cast<std::uint32_t>(bytes.size())};
}

/// RandomTraffic as frames, every tenth replaced by an odd one.
inline Frames random_frames(std::uint64_t seed, std::size_t count) {
    base::Random random(seed, 1);
    Frames frames;
    for (const decode::Packet& packet : features::RandomTraffic(seed).packets(count))
        frames.push_back(random.below(10) == 0 ? odd_frame(random, packet.timestamp) : frame_of(packet));
    return frames;
}

inline void write_capture(const std::string& path, std::span<const Frame> frames) {
    auto writer = capture::CaptureWriter::create(path);
    ASSERT_TRUE(writer.ok()) << writer.error().message;
    for (const Frame& frame : frames)
        ASSERT_TRUE(writer->write({frame.timestamp, frame.bytes, frame.original_length, frame.link_type}));
    ASSERT_TRUE(writer->finish().ok());
}

/// What extract_flows() finds: the flows in their order, the rows as the CSV has them, and the account.
struct Extracted {
    std::vector<features::CollectedFlow> flows;
    std::string csv;
    output::RunSummary summary;

    std::uint64_t note(std::string_view name) const {
        const auto note = std::ranges::find(summary.notes, name, &output::NamedCount::name);
        return note == summary.notes.end() ? ~std::uint64_t{0} : note->count;
    }
};

class Keeper final : public CaptureListener {
  public:
    Keeper(output::FlowCsv& csv, std::vector<features::CollectedFlow>& flows) : csv_(csv), flows_(flows) {}

    void on_capture(const std::string&) override {}
    void on_flow_ended(const features::FlowRow& row) override {
        csv_.on_flow(row, nullptr);
        flows_.push_back({row.identity, {row.values.begin(), row.values.end()}});
    }

  private:
    output::FlowCsv& csv_;
    std::vector<features::CollectedFlow>& flows_;
};

inline Extracted extracted(const std::vector<std::string>& captures, const ExtractionOptions& options) {
    const capture::test::TemporaryFolder folder;
    const std::string path = folder.file("rows.csv");
    auto csv = output::FlowCsv::open(path, options.schema, {});
    EXPECT_TRUE(csv.ok());
    Extracted result;
    Keeper keeper(**csv, result.flows);
    const auto extraction = extract_flows(captures, options, keeper);
    EXPECT_TRUE(extraction.ok()) << (extraction.ok() ? "" : extraction.error().message);
    EXPECT_TRUE((*csv)->finish().ok());
    std::ifstream file(path, std::ios::binary);
    result.csv.assign(std::istreambuf_iterator<char>(file), {});
    if (extraction) result.summary = extraction->account.summary();
    return result;
}

/// Writes the frames to a file first.
inline Extracted extracted(const Frames& frames, const ExtractionOptions& options) {
    const capture::test::TemporaryFolder folder;
    write_capture(folder.file("frames.pcap"), frames);
    return extracted({folder.file("frames.pcap")}, options);
}

}  // namespace flowsift::app::test
