// Any bytes as a DNS message and as the begin of a DNS stream, on a port of DNS and on another.
//
// Promises checked besides memory safety: what is plausible without a port is DNS with one, and says the same.
#include <cstdlib>

#include "decode/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flowsift;
    const base::Bytes bytes(data, size);
    decode::Attributes with_port, without;
    const bool is_dns = decode::read_dns_message(bytes, true, with_port);
    if (decode::read_dns_message(bytes, false, without) && (!is_dns || with_port.name.view() != without.name.view()))
        std::abort();
    if (is_dns && with_port.dns_query().empty()) std::abort();
    if (decode::read_dns_stream(bytes, false, without) == decode::Reading::kDone &&
        decode::read_dns_stream(bytes, true, with_port) != decode::Reading::kDone)
        std::abort();
    return 0;
}
