// PacketSource: where packets come from, be it a file, standard input or an interface. One virtual call per batch.
//
// Owned and read by one thread. Implementations: capture_file.h (pcap, pcapng, plain or compressed), ring_source.h
// (AF_PACKET), live_source.h (libpcap). stop() alone may be called from another thread or a signal handler.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "capture/raw_packet.h"

namespace flowsift::capture {

enum class ReadStatus {
    kPackets,  ///< The batch holds at least one packet.
    kIdle,     ///< A live source had nothing for a moment (about 100 ms): time to run the clocks.
    kEnd,      ///< No more packets will come (end of file, stop()). Ask damage() whether the end was a clean one.
};

struct SourceStatistics {
    std::uint64_t received = 0;        ///< Packets handed out by this source so far.
    std::uint64_t filtered = 0;        ///< Read but left out by a filter of ours (live sources filter in the kernel).
    std::uint64_t kernel_dropped = 0;  ///< Lost before we could read them: buffer full.
    std::uint64_t offered = 0;       ///< By the kernel to a ring: after its end, received + filtered + kernel_dropped.
    std::uint64_t ring_full = 0;     ///< Times that a ring had no free block.
    std::uint64_t super_frames = 0;  ///< Frames beyond the interface's MTU: segments that were put together.
    std::uint64_t interface_dropped = 0;
    std::uint64_t bytes_read = 0;   ///< Of the file as it lies on disk (compressed), for progress.
    std::uint64_t bytes_total = 0;  ///< Size of that file; 0 = unknown (pipe, interface).
};

class PacketSource {
  public:
    virtual ~PacketSource() = default;

    /// Reads the next packets. `batch` is set to a view of packets that stays valid until the next call.
    virtual ReadStatus read(std::span<const RawPacket>& batch) = 0;

    virtual SourceStatistics statistics() const = 0;

    /// Of a ring: whatever read() gives from now on is stamped no earlier than this (but for what the kernel holds up
    /// on its way there for longer than some milliseconds). Other sources do not know.
    virtual base::Nanoseconds settled() { return INT64_MIN; }

    /// After kEnd: nullptr, or what was wrong with the input and at which byte offset. All packets before it were
    /// given.
    virtual const base::Error* damage() const = 0;

    /// Makes the next (or the current) read return kEnd soon. Async-signal-safe.
    virtual void stop() = 0;

    /// File name without folder ("train.pcap.zst"), "stdin" or interface name: the `Capture` column.
    virtual std::string name() const = 0;
};

}  // namespace flowsift::capture
