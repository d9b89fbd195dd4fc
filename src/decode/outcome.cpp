#include "decode/outcome.h"

namespace flowsift::decode {
namespace {

constexpr std::array<OutcomeInfo, kOutcomeCount> kOutcomes = {{
    {Outcome::kFlowPacket, "flow_packet", "TCP, UDP, ICMP, ICMPv6 or SCTP: given to the flow engine"},
    {Outcome::kLaterFragment, "later_fragment", "IP fragment whose first fragment is known: given to the flow engine"},
    {Outcome::kArp, "arp", "address resolution (ARP)"},
    {Outcome::kRarp, "rarp", "reverse address resolution (RARP)"},
    {Outcome::kLldp, "lldp", "link layer discovery (LLDP)"},
    {Outcome::kEapol, "eapol", "port authentication (IEEE 802.1X, EAPOL)"},
    {Outcome::kPppoeDiscovery, "pppoe_discovery", "PPP over Ethernet: discovery of a concentrator"},
    {Outcome::kPppControl, "ppp_control", "negotiation, authentication and keep-alive of PPP"},
    {Outcome::kOtherPpp, "other_ppp", "PPP that carries no IP, or carries it compressed or encrypted"},
    {Outcome::kMpls, "mpls", "MPLS whose content is neither IP nor Ethernet"},
    {Outcome::kMacsec, "macsec", "encrypted Ethernet (MACsec)"},
    {Outcome::kProviderBackbone, "provider_backbone", "Ethernet in Ethernet (IEEE 802.1ah)"},
    {Outcome::kSlowProtocol, "slow_protocol", "LACP and other slow protocols"},
    {Outcome::kConnectivityFault, "connectivity_fault", "connectivity fault management (IEEE 802.1ag)"},
    {Outcome::kEthernetLoopback, "ethernet_loopback", "Ethernet configuration testing (loopback)"},
    {Outcome::kPtp, "ptp", "precision time (IEEE 1588) over Ethernet"},
    {Outcome::kWakeOnLan, "wake_on_lan", "Wake-on-LAN"},
    {Outcome::kIpx, "ipx", "Novell IPX"},
    {Outcome::kAppleTalk, "appletalk", "AppleTalk and its address resolution"},
    {Outcome::kFibreChannel, "fibre_channel", "Fibre Channel or ATA over Ethernet"},
    {Outcome::kIndustrial, "industrial", "PROFINET, EtherCAT, GOOSE and other industrial Ethernet"},
    {Outcome::kHomePlug, "homeplug", "powerline management (HomePlug)"},
    {Outcome::kBatman, "batman", "B.A.T.M.A.N. mesh routing"},
    {Outcome::kTrill, "trill", "TRILL"},
    {Outcome::kOtherEthertype, "other_ethertype", "an ethertype that flowsift does not name"},
    {Outcome::kSpanningTree, "spanning_tree", "spanning tree (IEEE 802.1D and Cisco's)"},
    {Outcome::kIsoRouting, "iso_routing", "IS-IS and other ISO network protocols"},
    {Outcome::kNetbios, "netbios", "NetBIOS over LLC"},
    {Outcome::kCiscoProtocol, "cisco_protocol", "CDP, VTP, DTP and other Cisco link protocols"},
    {Outcome::kOtherLlc, "other_llc", "an IEEE 802.2 service that flowsift does not name"},
    {Outcome::kUnsupportedLinkType, "unsupported_link_type", "a capture link type that flowsift does not read"},
    {Outcome::kUnknownAddressFamily, "unknown_address_family", "loopback or raw link: neither IPv4 nor IPv6"},
    {Outcome::kIgmp, "igmp", "group management (IGMP)"},
    {Outcome::kIpInIp, "ip_in_ip", "IPv4 tunnelled in IP (protocol 4), not followed"},
    {Outcome::kIpv6InIp, "ipv6_in_ip", "IPv6 tunnelled in IP (protocol 41), not followed"},
    {Outcome::kGre, "gre", "generic routing encapsulation (GRE): not followed, or without content"},
    {Outcome::kEsp, "esp", "encrypted IP (ESP)"},
    {Outcome::kEigrp, "eigrp", "EIGRP routing"},
    {Outcome::kOspf, "ospf", "OSPF routing"},
    {Outcome::kPim, "pim", "multicast routing (PIM)"},
    {Outcome::kVrrp, "vrrp", "router redundancy (VRRP, CARP)"},
    {Outcome::kL2tp, "l2tp", "L2TPv3 directly over IP"},
    {Outcome::kRsvp, "rsvp", "resource reservation (RSVP)"},
    {Outcome::kDccp, "dccp", "DCCP"},
    {Outcome::kUdpLite, "udp_lite", "UDP-Lite"},
    {Outcome::kNoNextHeader, "no_next_header", "IPv6 that ends after its headers (next header 59)"},
    {Outcome::kOtherIpProtocol, "other_ip_protocol", "an IP protocol that flowsift does not name"},
    {Outcome::kIpv6Jumbogram, "ipv6_jumbogram", "IPv6 jumbogram (RFC 2675): not supported"},
    {Outcome::kFragmentWithoutFirst, "fragment_without_first", "later IP fragment whose first fragment is unknown"},
    {Outcome::kTunnelFragment, "tunnel_fragment",
     "later IP fragment of a tunnel; the packet inside was counted with the first"},
    {Outcome::kTruncatedLink, "truncated_link", "cut by the snap length within the link header"},
    {Outcome::kTruncatedNetwork, "truncated_network", "cut by the snap length within the IP headers"},
    {Outcome::kTruncatedTunnel, "truncated_tunnel", "cut by the snap length within a tunnel's header"},
    {Outcome::kTruncatedTransport, "truncated_transport", "cut by the snap length within the transport header"},
    {Outcome::kMalformedLink, "malformed_link", "too short for its link header, or of an impossible length field"},
    {Outcome::kMalformedIpv4, "malformed_ipv4", "IPv4 header with a wrong version or impossible lengths"},
    {Outcome::kMalformedIpv6, "malformed_ipv6", "IPv6 header with a wrong version or headers beyond its length"},
    {Outcome::kMalformedTunnel, "malformed_tunnel", "tunnel header of a wrong version or with impossible lengths"},
    {Outcome::kMalformedTcp, "malformed_tcp", "TCP header longer than its packet, or shorter than 20 bytes"},
    {Outcome::kMalformedUdp, "malformed_udp", "packet too short for UDP, or a UDP length under 8"},
    {Outcome::kMalformedIcmp, "malformed_icmp", "packet too short for ICMP or ICMPv6"},
    {Outcome::kMalformedSctp, "malformed_sctp", "packet too short for SCTP"},
    {Outcome::kTooManyTunnels, "too_many_tunnels", "more IP headers one in the other than flowsift follows (4)"},
    {Outcome::kTooManyLayers, "too_many_layers", "more nested headers than flowsift follows (24)"},
}};

constexpr std::array<MarkInfo, kMarkCount> kMarks = {{
    {Mark::kOffloadLength, "offload_lengths",
     "IPv4 total length 0 (segmentation offload): the frame's length was taken"},
    {Mark::kSuperFrame, "super_frames",
     "IP packets larger than any MTU (TSO, GRO); one frame is one packet all the same"},
    {Mark::kTunnelled, "tunnelled_packets", "packets of flows that were found inside a tunnel"},
    {Mark::kUnfollowedTunnel, "unfollowed_udp_tunnels",
     "UDP packets on a tunnel's port that hold no packet of a flow: they stayed UDP"},
    {Mark::kReassembled, "reassembled_datagrams", "datagrams put together from all their fragments"},
    {Mark::kOverlappingFragments, "overlapping_fragments", "fragmented datagrams not put together: fragments overlap"},
    {Mark::kUnfinishedDatagram, "unfinished_datagrams",
     "fragmented datagrams not put together: fragments lost, cut or contradictory, or too many at a time"},
    {Mark::kBadIpChecksum, "bad_ip_checksum", "wrong checksum of an IPv4 header"},
    {Mark::kBadTcpChecksum, "bad_tcp_checksum", "wrong checksum of a TCP segment"},
    {Mark::kBadUdpChecksum, "bad_udp_checksum", "wrong checksum of a UDP packet, or none over IPv6"},
    {Mark::kBadIcmpChecksum, "bad_icmp_checksum", "wrong checksum of an ICMP message"},
    {Mark::kBadIcmpV6Checksum, "bad_icmpv6_checksum", "wrong checksum of an ICMPv6 message"},
    {Mark::kBadSctpChecksum, "bad_sctp_checksum", "wrong CRC32c of an SCTP packet"},
    {Mark::kUnverifiableChecksum, "unverifiable_checksums",
     "transport checksums of fragments, cut or source-routed packets: not verified"},
}};

constexpr bool are_in_order() {
    for (std::size_t i = 0; i < kOutcomeCount; ++i)
        if (kOutcomes[i].outcome != static_cast<Outcome>(i) || kOutcomes[i].name.empty()) return false;
    for (std::size_t i = 0; i < kMarkCount; ++i)
        if (kMarks[i].mark != static_cast<Mark>(i) || kMarks[i].name.empty()) return false;
    return true;
}
static_assert(are_in_order(), "one row per Outcome and per Mark, in the order of the enums");

}  // namespace

std::span<const OutcomeInfo, kOutcomeCount> outcomes() {
    return kOutcomes;
}

std::span<const MarkInfo, kMarkCount> marks() {
    return kMarks;
}

}  // namespace flowsift::decode
