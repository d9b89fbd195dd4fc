// CaptureWriter: keeps packets in a nanosecond pcap file, for `watch --record`.
//
// Buffers; never stops capture: whatever fails is kept and told once, by finish(). What was written before a failure
// stays a readable capture. Owned and used by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/raw_packet.h"

namespace flowsift::capture {

class CaptureWriter {
  public:
    /// Creates or empties `path`.
    static base::Result<CaptureWriter> create(const std::string& path);

    CaptureWriter(CaptureWriter&& other) noexcept;
    CaptureWriter& operator=(CaptureWriter&&) = delete;
    ~CaptureWriter();

    /// False if the packet was not taken: another link type than the first packet's (a pcap file has one), a time
    /// outside 1970 to 2106, or an earlier failure to write. finish() says why.
    bool write(const RawPacket& packet);

    /// Hands everything so far to the system, so that a reader can see it.
    void flush();

    /// Flushes and closes. The first failure of the writer's life, with the number of packets that are missing.
    base::Result<void> finish();

    std::uint64_t packets_written() const { return written_; }
    std::uint64_t packets_refused() const { return refused_; }

  private:
    CaptureWriter(std::string path, int descriptor);
    void write_file_header(LinkType link_type);
    bool refuse(std::string reason);
    void fail(std::string reason);
    void put32(std::uint32_t value);
    void put16(std::uint16_t value);

    std::string path_;
    int descriptor_ = -1;
    std::vector<std::uint8_t> buffer_;  ///< Whole records only.
    std::uint64_t buffered_packets_ = 0;
    std::uint64_t bytes_on_disk_ = 0;
    std::optional<LinkType> link_type_;
    std::uint64_t written_ = 0;
    std::uint64_t refused_ = 0;
    bool is_broken_ = false;  ///< The file can take no more.
    std::optional<std::string> first_failure_;
};

}  // namespace flowsift::capture
