// Requests to the job host: any bytes are refused or are what encode() makes of what was read.
#include <algorithm>
#include <cstdlib>

#include "app/job_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flowsift;
    const base::Bytes bytes(data, size);
    const auto message = app::parse_job_message(bytes);
    if (!message) return 0;
    const auto* request = std::get_if<app::JobRequest>(&*message);
    const auto again = request ? app::encode(*request) : app::encode(std::get<app::CancelRequest>(*message));
    if (!again || !std::ranges::equal(*again, bytes)) std::abort();
    return 0;
}
