// Any bytes as the begin of an HTTP/1 request.
//
// Promises checked besides memory safety: a prefix never contradicts the whole, and a host is part of the input.
#include <cstdlib>
#include <string_view>

#include "decode/http_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flowsift;
    using decode::Reading;
    const base::Bytes bytes(data, size);
    decode::Attributes whole, half;
    const Reading reading = decode::read_http_request(bytes, whole);
    const Reading before = decode::read_http_request(bytes.first(size / 2), half);
    if (before == Reading::kForeign && reading != Reading::kForeign) std::abort();
    if (before == Reading::kDone && (reading != Reading::kDone || half.name.view() != whole.name.view())) std::abort();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (reading != Reading::kForeign && text.find(whole.name.view()) == std::string_view::npos) std::abort();
    return 0;
}
