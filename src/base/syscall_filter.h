// SyscallFilter: what this process may still ask of the kernel (seccomp). Put on once, by a process of one thread, for
// itself and all threads to come; it can never be taken off.
#pragma once

#include <span>

#include "base/result.h"

namespace flowsift::base {

/// What becomes of a call that is on no list.
enum class OtherCalls {
    kKill,    ///< The process ends with SIGSYS.
    kRefuse,  ///< ENOSYS, as an older kernel would answer; libraries then find another way.
};

struct SyscallRules {
    std::span<const char* const> allowed;       ///< Names of system calls; one that this machine lacks is passed over.
    std::span<const char* const> killing = {};  ///< End the process in any case: nothing honest calls them here.
    OtherCalls others = OtherCalls::kRefuse;
    bool allows_threads = false;    ///< clone() that makes a thread, not a process.
    bool allows_processes = false;  ///< Any clone().
};

/// False in a build with a sanitizer, which calls what it likes: there only the killing list holds, without ptrace().
bool is_allowed_list_in_force();

/// Needs no_new_privs (give_up_rights() sets it). Error: the kernel has no seccomp or refuses the filter.
Result<void> restrict_syscalls(const SyscallRules& rules);

}  // namespace flowsift::base
