#include "base/resource_limits.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>

#include "base/syscall_filter.h"

namespace flowsift::base {
namespace {

constexpr int kBackground = 10;

}  // namespace

Result<void> limit_memory(std::uint64_t bytes) {
    const rlimit none{0, 0};
    const rlimit most{bytes, bytes};
    const bool has_limit = is_allowed_list_in_force();  // No sanitizer.
    if (setrlimit(RLIMIT_CORE, &none) == 0 && (!has_limit || setrlimit(RLIMIT_DATA, &most) == 0)) return {};
    return Error{fmt::format("cannot limit memory to {} bytes: {}", bytes, std::strerror(errno))};
}

void yield_to_others() {
    setpriority(PRIO_PROCESS, 0, kBackground);
}

}  // namespace flowsift::base
