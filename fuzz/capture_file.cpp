// Any bytes as a capture file, plain or compressed, and whatever comes out of it through the decoder.
//
// Promises checked besides memory safety: a file ends; every packet handed out is counted once by name.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "capture/capture_file.h"
#include "decode/decoder.h"

namespace {

/// The bytes under a name that open_capture() can open.
class MemoryFile {
  public:
    MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(memfd_create("fuzz", 0)) {
        if (write(descriptor_, data, size) != static_cast<ssize_t>(size)) std::abort();
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flowsift;
    const MemoryFile file(data, size);
    auto source = capture::open_capture(file.path());
    if (!source) return 0;
    static decode::Decoder decoder(base::HashKey{1, 2});
    const std::uint64_t before = decoder.counters().frames_in();
    decode::Packet packet;
    std::span<const capture::RawPacket> batch;
    while ((*source)->read(batch) == capture::ReadStatus::kPackets)
        for (const capture::RawPacket& raw : batch) decoder.decode(raw, packet);
    if (decoder.counters().frames_in() - before != (*source)->statistics().received) std::abort();
    return 0;
}
