// A capture file in memory, and what every target that reads one promises: the file ends, and every packet handed out
// is counted once by name.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <span>
#include <string>

#include "capture/capture_file.h"
#include "decode/decoder.h"

namespace flowsift::fuzz {

/// Bytes under a name that open_capture() can open.
class MemoryCapture {
  public:
    explicit MemoryCapture(base::Bytes bytes) : descriptor_(memfd_create("fuzz", 0)) {
        if (write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
    }
    ~MemoryCapture() { close(descriptor_); }
    MemoryCapture(const MemoryCapture&) = delete;
    MemoryCapture& operator=(const MemoryCapture&) = delete;

    /// Everything in it through the decoder.
    void read_all() const {
        auto source = capture::open_capture("/proc/self/fd/" + std::to_string(descriptor_));
        if (!source) return;
        static decode::Decoder decoder(base::HashKey{1, 2});
        const std::uint64_t before = decoder.counters().frames_in();
        decode::Packet packet;
        std::span<const capture::RawPacket> batch;
        while ((*source)->read(batch) == capture::ReadStatus::kPackets)
            for (const capture::RawPacket& raw : batch) decoder.decode(raw, packet);
        if (decoder.counters().frames_in() - before != (*source)->statistics().received) std::abort();
    }

  private:
    int descriptor_;
};

}  // namespace flowsift::fuzz
