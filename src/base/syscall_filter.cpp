#include "base/syscall_filter.h"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

namespace flowsift::base {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
#else
constexpr bool kIsSanitized = false;
#endif

struct ReleaseFilter {
    void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

std::uint32_t default_action(OtherCalls others) {
    if (kIsSanitized) return SCMP_ACT_ALLOW;
    return others == OtherCalls::kKill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(ENOSYS);
}

/// 0, or a negative errno.
int add_calls(const Filter& filter, std::span<const char* const> names, std::uint32_t action) {
    for (const char* name : names) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR || (kIsSanitized && std::string_view(name) == "ptrace")) continue;
        if (const int code = seccomp_rule_add(filter.get(), action, number, 0); code != 0) return code;
    }
    return 0;
}

/// clone3() hides its flags behind a pointer, where a filter does not see them; refused, the C library takes clone().
int add_threads(const Filter& filter) {
    return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

}  // namespace

bool is_allowed_list_in_force() {
    return !kIsSanitized;
}

Result<void> restrict_syscalls(const SyscallRules& rules) {
    const Filter filter(seccomp_init(default_action(rules.others)));
    if (!filter) return Error{"no memory for a filter of system calls"};
    int code = add_calls(filter, rules.killing, SCMP_ACT_KILL_PROCESS);
    if (code == 0 && !kIsSanitized) code = add_calls(filter, rules.allowed, SCMP_ACT_ALLOW);
    if (code == 0 && !kIsSanitized && rules.allows_threads) code = add_threads(filter);
    if (code == 0 && !kIsSanitized && rules.allows_processes)
        code = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(clone), 0);
    if (code == 0) code = seccomp_load(filter.get());
    if (code != 0) return Error{fmt::format("cannot restrict system calls (seccomp): {}", std::strerror(-code))};
    return {};
}

}  // namespace flowsift::base
