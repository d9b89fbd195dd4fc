// Any bytes as a pcapng file: the first block is made a section header, in the byte order that its magic number says or
// else the input's first byte.
#include <algorithm>
#include <array>
#include <vector>

#include "memory_capture.h"

namespace {

using Word = std::array<std::uint8_t, 4>;
constexpr Word kSectionHeader = {0x0a, 0x0d, 0x0d, 0x0a};
constexpr Word kByteOrders[] = {{0x4d, 0x3c, 0x2b, 0x1a}, {0x1a, 0x2b, 0x3c, 0x4d}};
constexpr std::size_t kByteOrderOffset = 8;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < kByteOrderOffset + sizeof(Word)) return 0;
    std::vector<std::uint8_t> file(data, data + size);
    const auto order = file.begin() + kByteOrderOffset;
    const bool has_order = std::any_of(std::begin(kByteOrders), std::end(kByteOrders),
                                       [&](const Word& word) { return std::equal(word.begin(), word.end(), order); });
    if (!has_order) std::copy_n(kByteOrders[file[0] % std::size(kByteOrders)].begin(), sizeof(Word), order);
    std::copy(kSectionHeader.begin(), kSectionHeader.end(), file.begin());
    flowsift::fuzz::MemoryCapture(file).read_all();
    return 0;
}
