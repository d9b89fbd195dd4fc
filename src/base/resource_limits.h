// What this process may take of the machine, so that work in the background leaves room for the sensor.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace flowsift::base {

/// At most `bytes` of memory of its own that it may write to (RLIMIT_DATA); more throws std::bad_alloc. A build with a
/// sanitizer, whose shadow memory is larger than any limit, has none. And no core dump: it would hold people's traffic.
/// Error: the system refuses.
Result<void> limit_memory(std::uint64_t bytes);

/// Others come first, where they want the processor (nice 10).
void yield_to_others();

}  // namespace flowsift::base
