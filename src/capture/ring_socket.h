// RingSocket: an AF_PACKET socket with a TPACKET_V3 ring that packets flow into, not mapped yet. Opening one takes
// CAP_NET_RAW and is what the capture broker does; reading it (ring_source.h) takes no right at all.
//
// The steps and their order: packet(7) and Documentation/networking/packet_mmap.rst of the kernel.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "capture/raw_packet.h"

namespace flowsift::capture {

inline constexpr std::uint32_t kRingBlockBytes = 256U << 10;
inline constexpr std::uint32_t kLeastRingBlocks = 4;
inline constexpr std::uint32_t kMostRingBlocks = 16'384;  ///< 4 GiB.
inline constexpr int kRingBlockMilliseconds = 20;  ///< How long the kernel may hold back a block that is not full.

/// Rings that share the packets of an interface (PACKET_FANOUT_CBPF).
struct RingGroup {
    std::uint16_t number = 0;  ///< 0: a new group, whose number group_of() tells.
    /// Run on every packet; the ring is its result modulo the number of rings. Empty: the ring is on its own.
    std::vector<sock_filter> choice;
};

struct RingRequest {
    std::string interface;
    std::uint32_t block_count = kLeastRingBlocks;
    bool is_promiscuous = true;
    /// What the kernel runs on every packet; it returns how many bytes are kept, 0: leave the packet out.
    std::vector<sock_filter> filter;
    RingGroup group = {};
};

/// The socket receives nothing before its filter is in place: it is made for no protocol, and bound last; one of a
/// group passes nothing on before it is in the group, so no packet comes twice. Errors: an unknown interface
/// (ErrorKind::kUsage), no permission (ErrorKind::kPermission), an interface that is down or whose frames only libpcap
/// can read, numbers out of range, a filter that the kernel refuses, no memory for the ring.
base::Result<base::Descriptor> open_ring_socket(const RingRequest& request);

/// Of a ring of a group. Takes no right. Error: it is in none.
base::Result<std::uint16_t> group_of(const base::Descriptor& ring);

/// From now on. Takes no right. False: the kernel refuses it.
bool replace_filter(const base::Descriptor& ring, const std::vector<sock_filter>& filter);

/// An expression as the kernel's program for frames of that link type. `snap_length`: 1 or more.
/// Error: ErrorKind::kUsage with libpcap's message.
base::Result<std::vector<sock_filter>> kernel_filter(const std::string& expression, LinkType link_type,
                                                     std::uint32_t snap_length);

/// The kernel keeps VLAN tags beside the packet, where a program for the bytes of a frame does not see them: does the
/// expression ask for one (or hold the word otherwise)? Then it must run on frames whose tag has been put back
/// (packet_filter.h).
bool asks_for_vlan(const std::string& expression);

}  // namespace flowsift::capture
