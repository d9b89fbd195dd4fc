// JA3 of real handshakes (FLOWSIFT_DATA's corpus) against Wireshark's, and JA4 against values that others have
// published for the same captures.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "base/hash.h"
#include "features/flow_meter.h"
#include "tests/capture/capture_builder.h"
#include "tests/capture/corpus.h"
#include "tests/features/capture_packets.h"
#include "tests/features/payload_packets.h"

namespace flowsift::features {
namespace {

/// Both ends, the lesser first, as text.
using Ends = std::string;

Ends ends(std::string source, const std::string& source_port, std::string destination,
          const std::string& destination_port) {
    source += ' ' + source_port;
    destination += ' ' + destination_port;
    return std::min(source, destination) + ' ' + std::max(source, destination);
}

std::vector<AttributedFlow> flows_of(const std::string& capture) {
    AttributeListener listener;
    FlowMeter meter({.hash_key = {1, 2}, .with_attributes = true}, cic_schema(), listener);
    auto source = capture::open_capture(capture);
    if (!source) return {};
    decode::Decoder decoder(base::HashKey{1, 2});
    std::span<const capture::RawPacket> batch;
    while ((*source)->read(batch) == capture::ReadStatus::kPackets) {
        for (const capture::RawPacket& raw : batch) {
            decode::Packet packet;
            if (decode::is_for_flows(decoder.decode(raw, packet))) meter.add(packet);
        }
    }
    meter.finish();
    return listener.flows;
}

/// JA3 of the first hello between two ends.
std::map<Ends, std::string> hellos_of(const std::vector<AttributedFlow>& flows) {
    std::map<Ends, std::string> found;
    for (const AttributedFlow& flow : flows) {
        if (!flow.attributes || !flow.attributes->has_fingerprint) continue;
        const FlowIdentity& id = flow.identity;
        found.emplace(ends(to_string(id.source), std::to_string(id.source_port), to_string(id.destination),
                           std::to_string(id.destination_port)),
                      base::to_hex(flow.attributes->fingerprint.ja3));
    }
    return found;
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string text;
    std::array<char, 1 << 16> block{};
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe.get()))
        text.append(block.data(), count);
    return text;
}

/// The same, but all of them. Left out are frames with tunnels, which have several addresses, and the versions of QUIC
/// before the standard, which we do not read.
std::map<Ends, std::set<std::string>> by_wireshark(const std::string& capture) {
    std::istringstream lines(output_of(fmt::format(
        "tshark -n -r '{}' -Y 'tls.handshake.ja3 and (tcp or quic.version == 1 or quic.version == 0x6b3343cf)' "
        "-T fields -E separator=/s -E aggregator=, -e ip.src "
        "-e ipv6.src -e tcp.srcport -e udp.srcport -e ip.dst -e ipv6.dst -e tcp.dstport -e udp.dstport "
        "-e tls.handshake.ja3 2>/dev/null",
        capture)));
    std::map<Ends, std::set<std::string>> found;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);  // Of each pair of fields one is empty.
        std::string source, source_port, destination, destination_port, fingerprints;
        words >> source >> source_port >> destination >> destination_port >> fingerprints;
        if (fingerprints.empty() || (source + source_port).find(',') != std::string::npos) continue;
        std::istringstream each(fingerprints);
        for (std::string ja3; std::getline(each, ja3, ',');)
            found[ends(source, source_port, destination, destination_port)].insert(ja3);
    }
    return found;
}

/// Captures of proxies: the handshake that Wireshark finds is not the first that its stream says.
bool has_tls_within_a_stream(const std::string& name) {
    return name.find("tls_heur__") != std::string::npos;
}

bool is_about_tls(const std::string& name) {
    for (const char* part : {"tls", "quic", "ja3", "ja4"})
        if (name.find(part) != std::string::npos) return true;
    return false;
}

class RealHandshakes : public testing::Test {
  protected:
    void SetUp() override {
        const auto data = data_folder();
        if (!data) GTEST_SKIP() << "FLOWSIFT_DATA is not set: the captures are there";
        auto archive = capture::open_byte_stream(*data / "corpus" / "captures.tar.zst");
        ASSERT_TRUE(archive.ok()) << archive.error().message;
        archive_ = std::move(*archive);
    }

    std::unique_ptr<capture::ByteStream> archive_;
    capture::test::TemporaryFolder folder_;
};

TEST_F(RealHandshakes, HaveTheJa3OfWireshark) {
    if (output_of("tshark --version 2>/dev/null").empty()) GTEST_SKIP() << "tshark is not installed";
    constexpr std::size_t kEvery = 9;  // Wireshark takes half a second for each.
    std::size_t candidates = 0, compared = 0;
    capture::test::for_each_file(*archive_, [&](const std::string& name, const std::vector<std::uint8_t>& content) {
        if (!is_about_tls(name) || candidates++ % kEvery != 0) return;
        const std::string file = folder_.write("capture", content);
        const std::vector<AttributedFlow> flows = flows_of(file);
        if (flows.empty()) return;  // A link layer that we do not read.
        const auto ours = hellos_of(flows);
        for (const auto& [ends, theirs] : by_wireshark(file)) {
            const auto found = ours.find(ends);
            if (found == ours.end()) {
                EXPECT_TRUE(has_tls_within_a_stream(name)) << name << ": missed " << ends;
                continue;
            }
            EXPECT_TRUE(theirs.contains(found->second)) << name << ": " << ends << ' ' << found->second;
            ++compared;
        }
    });
    EXPECT_GT(candidates, 150u);
    EXPECT_GT(compared, 40u);
}

// From the expectations of suricata-verify's tests of these names and from nDPI's results for these captures.
TEST_F(RealHandshakes, HaveTheJa4ThatOthersPublished) {
    std::map<std::string, std::string> published = {
        {"suricata-verify/tests/ja4-tls/input.pcap", "t12i1810s1_27d4652c4487_06a4338d0495"},
        {"suricata-verify/tests/ja4-quic/input.pcap", "q13d0310h3_55b375c5d22e_cd85d2d88918"},
        {"ndpi/tests/cfgs/default/pcap/quic-v2.pcapng", "q13d0310h3_55b375c5d22e_0a3b52e28cea"},
        {"ndpi/tests/cfgs/default/pcap/quic_frags_ch_in_multiple_packets.pcapng",
         "q00i0307h4_55b375c5d22e_af0a630e9e67"},
        {"ndpi/tests/cfgs/default/pcap/quic_frags_different_dcid.pcapng", "q13d0311h3_55b375c5d22e_5a1f323ef56d"},
    };
    capture::test::for_each_file(*archive_, [&](std::string name, const std::vector<std::uint8_t>& content) {
        if (name.starts_with("./")) name.erase(0, 2);
        const auto expected = published.find(name);
        if (expected == published.end()) return;
        for (const AttributedFlow& flow : flows_of(folder_.write("capture", content))) {
            if (!flow.attributes || !flow.attributes->has_fingerprint) continue;
            const auto& ja4 = flow.attributes->fingerprint.ja4;
            EXPECT_EQ(std::string(ja4.begin(), ja4.end()), expected->second) << name;
        }
        published.erase(expected);
    });
    EXPECT_TRUE(published.empty()) << "not in the corpus: " << published.begin()->first;
}

}  // namespace
}  // namespace flowsift::features
