// prefetch: asks the processor to fetch memory that will soon be read or written. Any address may be given.
#pragma once

#include <cstddef>

namespace flowsift::base {

/// The cache line that holds `address`.
inline void prefetch(const void* address) {
#if defined(__x86_64__)
    // Not __builtin_prefetch: g++ 12 takes a function that does nothing else for one without effect and drops its
    // calls.
    asm volatile("prefetcht0 %0" : : "m"(*static_cast<const char*>(address)));
#elif defined(__aarch64__)
    asm volatile("prfm pldl1keep, %0" : : "Q"(*static_cast<const char*>(address)));
#else
    __builtin_prefetch(address);
#endif
}

/// All lines of a record that begins with one; nothing where there is none.
template <class Record>
void prefetch_all(const Record* record) {
    if (record == nullptr) return;
    for (std::size_t line = 0; line < sizeof(Record); line += 64)
        prefetch(reinterpret_cast<const std::byte*>(record) + line);
}

}  // namespace flowsift::base
