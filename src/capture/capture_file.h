// Capture files as packet sources: pcap and pcapng, plain or compressed by gzip or zstd, from a path or standard input.
//
// Kinds are told by content, never by name. flowsift reads them itself, not through libpcap: whole blocks are read and
// packets are views into them, so that a packet is never copied or allocated. Memory is bounded whatever the file says:
// a packet has at most 16 MiB (record_format.h).
#pragma once

#include <memory>
#include <string>

#include "capture/packet_source.h"

namespace flowsift::capture {

/// `path`: a file, or "-" for standard input, for whose first bytes this waits. `filter`: a BPF expression as of
/// pcap-filter(7), or empty for all packets. The Error of a file that is none of ours says what it looks like and what
/// is accepted; that of a filter is ErrorKind::kUsage. Later damage is told by PacketSource::damage(), with the byte
/// offset in the uncompressed data at which the damaged record begins.
base::Result<std::unique_ptr<PacketSource>> open_capture(const std::string& path, const std::string& filter = {});

}  // namespace flowsift::capture
