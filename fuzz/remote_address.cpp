// Addresses of network outputs: any text is refused, or is an address that says the same when it is read again.
#include <cstdlib>
#include <string>

#include "output/remote_address.h"

namespace {

constexpr flowsift::output::RemoteScheme kSchemes[] = {{"tls", 6514, true, false}, {"https", 443, true, true}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto address = flowsift::output::parse_remote_address(text, kSchemes);
    if (!address) return 0;
    const auto again = flowsift::output::parse_remote_address(address->place() + address->target, kSchemes);
    if (!again || again->host != address->host || again->port != address->port || again->target != address->target)
        std::abort();
    if (address->target.find_first_of("\r\n ") != std::string::npos) std::abort();
    return 0;
}
