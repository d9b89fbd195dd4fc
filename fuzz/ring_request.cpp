// Requests to the capture broker: any bytes are refused or are what encode_request() makes of what was read.
#include <algorithm>
#include <cstdlib>

#include "capture/ring_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const flowsift::base::Bytes bytes(data, size);
    const auto request = flowsift::capture::parse_request(bytes);
    if (request && !std::ranges::equal(flowsift::capture::encode_request(*request), bytes)) std::abort();
    return 0;
}
