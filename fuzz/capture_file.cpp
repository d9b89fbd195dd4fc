// Any bytes as a capture file: compressed, foreign, or neither. The formats themselves have targets of their own (pcap,
// pcapng), which no first byte keeps out.
#include "memory_capture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    flowsift::fuzz::MemoryCapture({data, size}).read_all();
    return 0;
}
