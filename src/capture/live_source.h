// Live capture from an interface, through libpcap: the portable way, for whatever ring_source.h does not read ("any",
// odd hardware, old kernels).
//
// Frames are copied once, out of the kernel's ring into a batch, because libpcap gives a ring block back to the kernel
// while the batch is still in use. Owned and read by one thread; stop() may come from anywhere.
#pragma once

#include <memory>
#include <string>

#include "capture/packet_source.h"

namespace flowsift::capture {

inline constexpr std::uint32_t kMostSnapLength = 262'144;  ///< A super-frame of the kernel has up to 256 KiB.

/// Of either way of live capture.
struct LiveOptions {
    std::string filter;                  ///< BPF expression, run in the kernel; empty = everything.
    std::uint32_t snap_length = 65'535;  ///< Bytes of each frame that are kept.
    bool is_promiscuous = true;
    std::uint32_t buffer_bytes = 64U << 20;  ///< The kernel's ring.
};

/// Error: ErrorKind::kUsage.
base::Result<void> check_snap_length(const LiveOptions& options);

/// Opens and activates `interface` ("any" is one). Timestamps are nanoseconds where the kernel gives them. Errors: an
/// unknown interface (the existing ones are named), no permission (ErrorKind::kPermission, with the command that grants
/// it), a bad filter (ErrorKind::kUsage, libpcap's message).
base::Result<std::unique_ptr<PacketSource>> open_live(const std::string& interface, const LiveOptions& options);

}  // namespace flowsift::capture
