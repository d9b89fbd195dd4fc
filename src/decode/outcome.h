// Outcome: what became of a frame. Every frame has exactly one, so that the counts add up to the frames read.
// Mark: what was noticed about frames besides.
//
// Names and help texts stand in one table each (outcome.cpp); the terminal, the statistics and the documentation read
// them.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>

namespace flowsift::decode {

enum class Outcome : std::uint8_t {
    // Packets for the flow engine.
    kFlowPacket,
    kLaterFragment,
    // Whole frames that are not IP.
    kArp,
    kRarp,
    kLldp,
    kEapol,
    kPppoeDiscovery,
    kPppControl,
    kOtherPpp,
    kMpls,
    kMacsec,
    kProviderBackbone,
    kSlowProtocol,
    kConnectivityFault,
    kEthernetLoopback,
    kPtp,
    kWakeOnLan,
    kIpx,
    kAppleTalk,
    kFibreChannel,
    kIndustrial,
    kHomePlug,
    kBatman,
    kTrill,
    kOtherEthertype,
    kSpanningTree,
    kIsoRouting,
    kNetbios,
    kCiscoProtocol,
    kOtherLlc,
    kUnsupportedLinkType,
    kUnknownAddressFamily,
    // IP that does not become a flow.
    kIgmp,
    kIpInIp,
    kIpv6InIp,
    kGre,
    kEsp,
    kEigrp,
    kOspf,
    kPim,
    kVrrp,
    kL2tp,
    kRsvp,
    kDccp,
    kUdpLite,
    kNoNextHeader,
    kOtherIpProtocol,
    kIpv6Jumbogram,
    kFragmentWithoutFirst,
    kTunnelFragment,
    // Cut by the snap length before a header that is needed was complete.
    kTruncatedLink,
    kTruncatedNetwork,
    kTruncatedTunnel,
    kTruncatedTransport,
    // Contradicting itself.
    kMalformedLink,
    kMalformedIpv4,
    kMalformedIpv6,
    kMalformedTunnel,
    kMalformedTcp,
    kMalformedUdp,
    kMalformedIcmp,
    kMalformedSctp,
    kTooManyTunnels,
    kTooManyLayers,
};
inline constexpr std::size_t kOutcomeCount = static_cast<std::size_t>(Outcome::kTooManyLayers) + 1;

struct OutcomeInfo {
    Outcome outcome;
    std::string_view name;  ///< snake_case, as in statistics.
    std::string_view help;  ///< What such a frame is, without a trailing full stop.
};

/// One row per Outcome, in the order of the enum.
std::span<const OutcomeInfo, kOutcomeCount> outcomes();

/// Whether decode() has filled a Packet for the flow engine.
constexpr bool is_for_flows(Outcome outcome) {
    return outcome <= Outcome::kLaterFragment;
}

/// What is counted besides the outcomes. Several marks may stand on one frame, which has its outcome all the same.
enum class Mark : std::uint8_t {
    kOffloadLength,
    kSuperFrame,
    kTunnelled,
    kUnfollowedTunnel,
    kReassembled,
    kOverlappingFragments,
    kUnfinishedDatagram,
    kBadIpChecksum,
    kBadTcpChecksum,
    kBadUdpChecksum,
    kBadIcmpChecksum,
    kBadIcmpV6Checksum,
    kBadSctpChecksum,
    kUnverifiableChecksum,
};
inline constexpr std::size_t kMarkCount = static_cast<std::size_t>(Mark::kUnverifiableChecksum) + 1;

struct MarkInfo {
    Mark mark;
    std::string_view name;  ///< snake_case, as in statistics.
    std::string_view help;  ///< What is counted, without a trailing full stop.
};

/// One row per Mark, in the order of the enum.
std::span<const MarkInfo, kMarkCount> marks();

/// What a decoder has seen. frames_in() == packets_for_flows() + the other outcomes, by construction.
struct DecodeCounters {
    std::array<std::uint64_t, kOutcomeCount> frames{};  ///< By Outcome.
    std::array<std::uint64_t, kMarkCount> marks{};      ///< By Mark.

    std::uint64_t count(Outcome outcome) const { return frames[static_cast<std::size_t>(outcome)]; }
    std::uint64_t count(Mark mark) const { return marks[static_cast<std::size_t>(mark)]; }
    void add(Mark mark, std::uint64_t count = 1) { marks[static_cast<std::size_t>(mark)] += count; }
    std::uint64_t frames_in() const { return std::accumulate(frames.begin(), frames.end(), std::uint64_t{0}); }
    std::uint64_t packets_for_flows() const { return count(Outcome::kFlowPacket) + count(Outcome::kLaterFragment); }
};

}  // namespace flowsift::decode
