// Outcome: what became of a frame. Every frame has exactly one, so that the counts add up to the frames read.
//
// Names and help texts stand in one table (outcome.cpp); the terminal, the statistics and the documentation read it.
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
    kPppoe,
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
    // Cut by the snap length before a header that is needed was complete.
    kTruncatedLink,
    kTruncatedNetwork,
    kTruncatedTransport,
    // Contradicting itself.
    kMalformedLink,
    kMalformedIpv4,
    kMalformedIpv6,
    kMalformedTcp,
    kMalformedUdp,
    kMalformedIcmp,
    kMalformedSctp,
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

/// What a decoder has seen. frames_in() == packets_for_flows() + the other outcomes, by construction.
struct DecodeCounters {
    std::array<std::uint64_t, kOutcomeCount> frames{};  ///< By Outcome.
    // Besides: marks on frames that are counted above as well.
    std::uint64_t offload_lengths = 0;  ///< IPv4 total length 0 (segmentation offload): the frame's length was taken.
    std::uint64_t super_frames =
        0;  ///< IP packets larger than any MTU (TSO/GRO); one frame is one packet all the same.

    std::uint64_t count(Outcome outcome) const { return frames[static_cast<std::size_t>(outcome)]; }
    std::uint64_t frames_in() const { return std::accumulate(frames.begin(), frames.end(), std::uint64_t{0}); }
    std::uint64_t packets_for_flows() const { return count(Outcome::kFlowPacket) + count(Outcome::kLaterFragment); }
};

}  // namespace flowsift::decode
