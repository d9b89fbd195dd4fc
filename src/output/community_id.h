// Community ID, version 1 (github.com/corelight/community-id-spec): the name by which Zeek, Suricata, Wireshark and
// others know the same flow. Stateless; any thread.
#pragma once

#include <string>

#include "flow/flow_identity.h"

namespace flowsift::output {

/// "1:" and the base64 of SHA-1(seed 0, addresses, protocol, 0, ports), the smaller endpoint first, so that both
/// directions give the same. TCP, UDP and SCTP have ports. ICMP and ICMPv6 have the message type and the type that
/// answers it; where none does, type and code, in the packet's own direction. Other protocols have addresses only.
std::string community_id(const flow::FlowIdentity& flow);

}  // namespace flowsift::output
