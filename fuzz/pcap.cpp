// Any bytes as a pcap file: the magic number is put right first, one of its six forms by the input's first byte.
#include <algorithm>
#include <array>
#include <vector>

#include "memory_capture.h"

namespace {

using Magic = std::array<std::uint8_t, 4>;
constexpr Magic kMagics[] = {
    {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0xc3, 0xd4},  // Microseconds
    {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},  // Nanoseconds
    {0x34, 0xcd, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34},  // Kuznetsov's
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < sizeof(Magic)) return 0;
    std::vector<std::uint8_t> file(data, data + size);
    const bool has_magic = std::any_of(std::begin(kMagics), std::end(kMagics), [&](const Magic& magic) {
        return std::equal(magic.begin(), magic.end(), file.begin());
    });
    if (!has_magic) {
        const Magic& magic = kMagics[file[0] % std::size(kMagics)];
        std::copy(magic.begin(), magic.end(), file.begin());
    }
    flowsift::fuzz::MemoryCapture(file).read_all();
    return 0;
}
