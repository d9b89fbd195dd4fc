// Community ID of every packet of real captures against Wireshark's, packet by packet.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

#include "capture/capture_file.h"
#include "decode/decoder.h"
#include "output/community_id.h"

namespace flowsift::output {
namespace {

using IdsByFrame = std::map<std::uint64_t, std::string>;

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string text;
    std::array<char, 1 << 16> block{};
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe.get()))
        text.append(block.data(), count);
    return text;
}

IdsByFrame ids_of_tshark(const std::string& capture) {
    const std::string text = output_of(
        fmt::format("tshark -n --enable-protocol communityid -o ip.defragment:FALSE -o ipv6.defragment:FALSE -r '{}' "
                    "-T fields -e frame.number -e communityid 2>/dev/null",
                    capture));
    IdsByFrame ids;
    for (std::size_t start = 0, end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
        const std::string line = text.substr(start, end - start);
        ids[std::stoull(line)] = line.substr(line.find('\t') + 1);
    }
    return ids;
}

flow::FlowIdentity identity_of(const decode::Packet& packet) {
    flow::FlowIdentity flow;
    flow.source = packet.source;
    flow.destination = packet.destination;
    flow.source_port = packet.source_port;
    flow.destination_port = packet.destination_port;
    flow.protocol = packet.protocol;
    if (packet.protocol == decode::ip_protocol::kIcmp || packet.protocol == decode::ip_protocol::kIcmpV6) {
        flow.icmp_type = packet.icmp_type;
        flow.icmp_code = packet.icmp_code;
    }
    return flow;
}

/// Of the packets that may become flows; later fragments, whose ports Wireshark does not know, left out.
IdsByFrame ids_of_flowsift(const std::string& capture) {
    auto source = capture::open_capture(capture);
    EXPECT_TRUE(source.ok()) << capture;
    decode::Decoder decoder;
    decode::Packet packet;
    IdsByFrame ids;
    std::uint64_t frame = 0;
    std::span<const capture::RawPacket> batch;
    while (source.ok() && (*source)->read(batch) == capture::ReadStatus::kPackets) {
        for (const capture::RawPacket& raw : batch) {
            ++frame;
            if (decoder.decode(raw, packet) == decode::Outcome::kFlowPacket)
                ids[frame] = community_id(identity_of(packet));
        }
    }
    return ids;
}

TEST(CommunityIdOfRealTraffic, EqualsWiresharks) {
    const char* data = std::getenv("FLOWSIFT_DATA");
    if (!data) GTEST_SKIP() << "FLOWSIFT_DATA is not set: the captures are there";
    if (output_of("tshark --version 2>/dev/null").empty()) GTEST_SKIP() << "tshark is not installed";
    for (const char* name :
         {"oracle/cicids2017-sqli.pcap", "attacks/portscan/nmap-UDP_SCAN.pcap", "attacks/portscan/nmap-lab.pcap",
          "attacks/brute-force/ftp.pcap", "attacks/web-attack/rce.pcap", "attacks/http-dos/http-post-flood.pcap"}) {
        const std::string capture = std::string(data) + "/" + name;
        const IdsByFrame theirs = ids_of_tshark(capture), ours = ids_of_flowsift(capture);
        EXPECT_GT(ours.size(), 50u) << name;
        for (const auto& [frame, id] : ours) ASSERT_EQ(id, theirs.at(frame)) << name << ", frame " << frame;
    }
}

}  // namespace
}  // namespace flowsift::output
