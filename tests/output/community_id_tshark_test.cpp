// Community ID of every packet of real captures against Wireshark's, packet by packet (FLOWSIFT_DATA).
//
// Six captures of attacks and a sample of the corpus; FLOWSIFT_CORPUS=all takes all of the corpus (twenty minutes).
// Wireshark is told to dissect only what flowsift follows, so that both take the same packet of a tunnel for the
// innermost one. What still differs has one of the reasons of kReasons, or the test fails.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>

#include "capture/capture_file.h"
#include "decode/decoder.h"
#include "output/community_id.h"
#include "tests/capture/corpus.h"

namespace flowsift::output {
namespace {

constexpr std::size_t kEvery = 73;  // Of the corpus: sixty captures, some twenty seconds.

/// Wireshark's names of what the decoder follows, and of what may stand before it in a file. Headers of IPv6 besides.
constexpr std::string_view kFollowed[] = {"frame",   "eth",       "ethertype", "vlan",  "ieee8021ad",  "llc",
                                          "sll",     "null",      "loop",      "raw",   "ip",          "ipv6",
                                          "ah",      "tcp",       "udp",       "icmp",  "icmpv6",      "sctp",
                                          "mpls",    "pppoes",    "ppp",       "gre",   "erspan",      "vxlan",
                                          "geneve",  "gtp",       "teredo",    "hipv6", "mipv6",       "pwethheuristic",
                                          "pwethcw", "pwethnocw", "pwmcw",     "data",  "communityid", "file-pcap",
                                          "pcapng",  "shim6"};

/// What Wireshark says of a frame.
struct Theirs {
    std::string id;  ///< Of the innermost IP packet; empty for none.
    std::string protocols;
    std::string ipv6_source;  ///< Of every IPv6 header, comma-separated, like the following.
    std::string ip_options;
    std::string udp_lengths;
    std::string malformed;  ///< What it stopped at: a contradiction, or the end of what was captured.
};

/// What we say of a packet that may become part of a flow.
struct Ours {
    std::string id;
    decode::Packet packet;
    bool is_unfollowed_tunnel = false;
    bool is_tunnelled = false;
};

struct Reason {
    std::string_view name;
    bool (*applies)(const Theirs&, const Ours&);
};

bool holds(std::string_view list, std::string_view item) {
    for (std::size_t start = 0; start <= list.size();) {
        const std::size_t end = std::min(list.find(',', start), list.size());
        if (list.substr(start, end - start) == item) return true;
        start = end + 1;
    }
    return false;
}

/// Why an id may differ, the first that applies counts.
constexpr Reason kReasons[] = {
    {"an IPv6 header with IPv4-mapped addresses (base/ip_address.h keeps them as IPv4)",
     [](const Theirs& theirs, const Ours& ours) {
         return ours.packet.source.is_v4() && theirs.ipv6_source.find("::ffff:") != std::string::npos;
     }},
    {"source routing: Wireshark takes the final destination from the option, flowsift the header's",
     [](const Theirs& theirs, const Ours&) {
         return holds(theirs.ip_options, "131") || holds(theirs.ip_options, "137");
     }},
    {"no flow inside the tunnel: flowsift keeps the UDP packet around it",
     [](const Theirs&, const Ours& ours) { return ours.is_unfollowed_tunnel; }},
    {"UDP length 0 of an offload: Wireshark does not look into the tunnel",
     [](const Theirs& theirs, const Ours& ours) { return ours.is_tunnelled && holds(theirs.udp_lengths, "0"); }},
    {"Wireshark gave the ICMP message up, and with it its type",
     [](const Theirs& theirs, const Ours& ours) {
         const bool is_icmp =
             ours.packet.protocol == decode::ip_protocol::kIcmp || ours.packet.protocol == decode::ip_protocol::kIcmpV6;
         return is_icmp && (theirs.id.empty() || !theirs.malformed.empty());
     }},
    {"Wireshark gave the packet up before its transport header",
     [](const Theirs& theirs, const Ours&) { return theirs.id.empty() && !theirs.malformed.empty(); }},
};

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string text;
    std::array<char, 1 << 16> block{};
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe.get()))
        text.append(block.data(), count);
    return text;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(separator, start), text.size());
        parts.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return parts;
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

class CommunityIdOfRealTraffic : public ::testing::Test {
  protected:
    void SetUp() override {
        const char* data = std::getenv("FLOWSIFT_DATA");
        if (data == nullptr) GTEST_SKIP() << "FLOWSIFT_DATA is not set: the captures are there";
        data_ = data;
        const std::string protocols = output_of("tshark -G protocols 2>/dev/null");
        if (protocols.empty()) GTEST_SKIP() << "tshark is not installed";
        std::string pattern = (std::filesystem::temp_directory_path() / "flowsift-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        forbid_other_protocols(protocols);
    }
    void TearDown() override {
        std::error_code ignored;
        if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
        for (const auto& [reason, count] : explained_)
            fmt::print("{:8} packets, e.g. {}: {}\n", count, examples_[reason], reason);
    }

    /// `protocols`: a line for each, with name, short name and filter name between tabs.
    void forbid_other_protocols(const std::string& protocols) {
        std::ofstream disabled(folder_ + "/disabled_protos");
        for (const std::string& line : split(protocols, '\n')) {
            const std::vector<std::string> fields = split(line, '\t');
            if (fields.size() < 3) continue;
            const bool is_followed =
                std::find(std::begin(kFollowed), std::end(kFollowed), fields[2]) != std::end(kFollowed) ||
                fields[2].starts_with("ipv6.");
            if (!is_followed) disabled << fields[2] << "\n";
        }
    }

    std::map<std::uint64_t, Theirs> ask_wireshark(const std::string& capture) const {
        const std::string text = output_of(fmt::format(
            "WIRESHARK_CONFIG_DIR={} tshark -n --enable-protocol communityid -o ip.defragment:FALSE "
            "-o ipv6.defragment:FALSE -o tcp.desegment_tcp_streams:FALSE -d udp.port==8472,vxlan -r '{}' -T fields "
            "-e frame.number -e communityid -e frame.protocols -e ipv6.src -e ip.opt.type -e udp.length -e "
            "_ws.malformed -e _ws.short "
            "2>/dev/null",
            folder_, capture));
        std::map<std::uint64_t, Theirs> frames;
        for (const std::string& line : split(text, '\n')) {
            const std::vector<std::string> fields = split(line, '\t');
            if (fields.size() == 8)
                frames[std::stoull(fields[0])] = {fields[1], fields[2], fields[3],
                                                  fields[4], fields[5], fields[6] + fields[7]};
        }
        return frames;
    }

    /// Later fragments, whose ports Wireshark does not know, are left out.
    static std::map<std::uint64_t, Ours> ask_flowsift(const std::string& capture) {
        std::map<std::uint64_t, Ours> ids;
        auto source = capture::open_capture(capture);
        if (!source) return ids;
        decode::Decoder decoder;
        std::uint64_t frame = 0;
        std::span<const capture::RawPacket> batch;
        while ((*source)->read(batch) == capture::ReadStatus::kPackets) {
            for (const capture::RawPacket& raw : batch) {
                ++frame;
                using decode::Mark;
                const decode::DecodeCounters before = decoder.counters();
                Ours ours;
                if (decoder.decode(raw, ours.packet) != decode::Outcome::kFlowPacket) continue;
                const auto was_marked = [&](Mark mark) { return decoder.counters().count(mark) > before.count(mark); };
                ours.is_unfollowed_tunnel = was_marked(Mark::kUnfollowedTunnel);
                ours.is_tunnelled = was_marked(Mark::kTunnelled);
                ours.id = community_id(identity_of(ours.packet));
                ids[frame] = std::move(ours);
            }
        }
        return ids;
    }

    void compare(const std::string& name, const std::string& capture) {
        const std::map<std::uint64_t, Ours> ours = ask_flowsift(capture);
        if (ours.empty()) return;
        const std::map<std::uint64_t, Theirs> theirs = ask_wireshark(capture);
        for (const auto& [frame, mine] : ours) {
            const auto found = theirs.find(frame);
            ++compared_;
            if (found == theirs.end()) {
                ADD_FAILURE() << name << ", frame " << frame << ": not in Wireshark's output";
                return;
            }
            if (found->second.id != mine.id) explain(fmt::format("{} frame {}", name, frame), found->second, mine);
        }
    }

    void explain(const std::string& where, const Theirs& theirs, const Ours& ours) {
        for (const Reason& reason : kReasons) {
            if (!reason.applies(theirs, ours)) continue;
            if (explained_[reason.name]++ == 0) examples_[reason.name] = where;
            return;
        }
        ADD_FAILURE() << where << ": " << ours.id << " is not " << theirs.id << " of " << theirs.protocols << " "
                      << theirs.malformed;
    }

    std::string data_;
    std::string folder_;
    std::uint64_t compared_ = 0;
    std::map<std::string_view, std::uint64_t> explained_;
    std::map<std::string_view, std::string> examples_;
};

TEST_F(CommunityIdOfRealTraffic, EqualsWiresharksOnAttacks) {
    for (const char* name :
         {"oracle/cicids2017-sqli.pcap", "attacks/portscan/nmap-UDP_SCAN.pcap", "attacks/portscan/nmap-lab.pcap",
          "attacks/brute-force/ftp.pcap", "attacks/web-attack/rce.pcap", "attacks/http-dos/http-post-flood.pcap"}) {
        const std::uint64_t before = compared_;
        compare(name, data_ + "/" + name);
        EXPECT_GT(compared_, before + 50) << name;
    }
    EXPECT_TRUE(explained_.empty());
}

TEST_F(CommunityIdOfRealTraffic, EqualsWiresharksOnTheCorpus) {
    const char* which = std::getenv("FLOWSIFT_CORPUS");
    const std::size_t every = which != nullptr && std::string_view(which) == "all" ? 1 : kEvery;
    auto archive = capture::open_byte_stream(data_ + "/corpus/captures.tar.zst");
    ASSERT_TRUE(archive.ok()) << archive.error().message;
    const std::string copy = folder_ + "/capture";
    std::size_t seen = 0;
    capture::test::for_each_file(**archive, [&](const std::string& name, const std::vector<std::uint8_t>& content) {
        if (seen++ % every != 0) return;
        std::ofstream(copy, std::ios::binary)
            .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
        compare(name, copy);
    });
    fmt::print("{} packets of {} captures compared\n", compared_, (seen + every - 1) / every);
    EXPECT_GT(compared_, 1'000U);
}

}  // namespace
}  // namespace flowsift::output
