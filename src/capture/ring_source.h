// Live capture from a packet ring that the kernel shares with us (AF_PACKET, TPACKET_V3): packets are read where the
// kernel put them, without a copy and without a system call each.
//
// A block of the ring is given back when the last of its packets has been handed out and the next read begins. Owned
// and read by one thread; stop() may come from anywhere. Needs no privilege: whoever opens the socket has it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "capture/host_spread.h"
#include "capture/live_source.h"
#include "capture/packet_source.h"
#include "capture/ring_socket.h"

namespace flowsift::capture {

/// Who opens the socket: open_ring_socket() itself, or a broker that may.
using RingOpener = std::function<base::Result<base::Descriptor>(const RingRequest&)>;

/// Opens a ring of options.buffer_bytes, rounded to whole blocks. Timestamps are the kernel's, in nanoseconds; a VLAN
/// tag that the kernel took off stands in its place again. After stop(), what the ring holds is still read and nothing
/// more comes in; then SourceStatistics::offered = received + filtered + kernel_dropped.
/// Errors: those of the opener, a bad filter or snap length (ErrorKind::kUsage), no memory to map.
base::Result<std::unique_ptr<PacketSource>> open_ring(const std::string& name, const LiveOptions& options,
                                                      const RingOpener& opener = open_ring_socket);

/// Rings that share the packets of an interface, each with its part of options.buffer_bytes: those of two hosts come by
/// the ring that `spread` says, modulo `count`, but for packets in tunnels, and for the milliseconds of opening. No
/// packet comes by twice. Besides the errors above: the filter asks for VLANs, or the kernel knows no such sharing.
base::Result<std::vector<std::unique_ptr<PacketSource>>> open_ring_group(const std::string& name,
                                                                         const LiveOptions& options, std::size_t count,
                                                                         const HostSpread& spread,
                                                                         const RingOpener& opener = open_ring_socket);

}  // namespace flowsift::capture
