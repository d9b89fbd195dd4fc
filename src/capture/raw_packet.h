// RawPacket: one captured frame as it came from a source, before anything is parsed. The only header of this room that
// decode may include. Views the source's buffer: valid until the source's next read.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/time.h"

namespace flowsift::capture {

/// Link types that decode understands, by their LINKTYPE_ number in capture files (tcpdump.org/linktypes.html).
enum class LinkType : std::uint32_t {
    kNull = 0,  ///< BSD loopback, address family in the capturing host's byte order.
    kEthernet = 1,
    kRaw = 101,   ///< Raw IPv4 or IPv6.
    kLoop = 108,  ///< OpenBSD loopback, address family in network byte order.
    kLinuxCooked = 113,
    kIpv4 = 228,
    kIpv6 = 229,
    kLinuxCooked2 = 276,
};

struct RawPacket {
    base::Nanoseconds timestamp = 0;           ///< From -2^61 to 2^62 (1896 to 2116), whatever a file says.
    base::Bytes bytes;                         ///< What was captured (up to the snap length).
    std::uint32_t original_length = 0;         ///< Length on the wire, bytes.
    LinkType link_type = LinkType::kEthernet;  ///< May hold a number that is not named above.
};

}  // namespace flowsift::capture
