// Verification: checksums of a frame's packets, on request (Options::verify_checksums). Wrong ones are marked and
// counted; the packet stays in its flow, because a host that captures its own traffic sees most of it before the
// network card has filled the checksums in.
//
// A step of the decoder's walk: each function is called before the parser of its layer and reads nothing from the
// frame. A transport checksum is verified where the packet is whole: no fragment, not cut by the snap length, and with
// the addresses that it covers in the IP header; otherwise it is counted as not verifiable.
#pragma once

#include "decode/layer.h"

namespace flowsift::decode {

/// RFC 791. Also notes whether what follows is checkable: not under source routing, which keeps the address that the
/// transport's checksum covers in an option, and not under an offload, which leaves the length open.
void verify_ipv4(Frame& frame);

/// No checksum, but a new packet.
void verify_ipv6(Frame& frame);

/// Routing headers and destination options may hold the address that the transport's checksum covers (RFC 8200 section
/// 8.1, RFC 6275 section 11.3.1).
void verify_ipv6_options(Frame& frame);

/// RFC 9293 section 3.1.
void verify_tcp(Frame& frame);

/// RFC 768: 0 says that there is none, which IPv6 allows for tunnels only (RFC 8200 section 8.1, RFC 6935).
void verify_udp(Frame& frame);

/// RFC 792.
void verify_icmp(Frame& frame);

/// RFC 4443 section 2.3.
void verify_icmpv6(Frame& frame);

/// RFC 9260 section 6.8.
void verify_sctp(Frame& frame);

}  // namespace flowsift::decode
