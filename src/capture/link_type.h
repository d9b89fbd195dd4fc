// Link type numbers: capture files and libpcap number a few link types differently; here they become one.
#pragma once

#include <cstdint>
#include <string>

#include "capture/raw_packet.h"

namespace flowsift::capture {

/// The link type for a number of a capture file or of libpcap's pcap_datalink(). Raw IP, which systems number 12, 14 or
/// 101, becomes kRaw; every other number stays as it is.
LinkType link_type_from_number(std::uint32_t number);

/// "EN10MB (1)": libpcap's name and the number, for messages.
std::string to_string(LinkType link_type);

}  // namespace flowsift::capture
