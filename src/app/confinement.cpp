#include "app/confinement.h"

#include <fmt/format.h>
#include <unistd.h>

#include <span>
#include <vector>

#include "base/syscall_filter.h"

namespace flowsift::app {
namespace {

/// Files, memory, threads, time: of all that flowsift does. What a call may touch is left to the rights of the user.
constexpr const char* kWorkCalls[] = {
    // Files.
    "open", "openat", "close", "close_range", "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv",
    "pwritev", "lseek", "fsync", "fdatasync", "sync_file_range", "ftruncate", "fallocate", "fadvise64", "readahead",
    "stat", "fstat", "lstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2",
    "getdents64", "getcwd", "readlink", "readlinkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir",
    "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat", "fchown", "utimensat", "umask", "flock", "fcntl", "ioctl", "dup",
    "dup2", "dup3", "pipe", "pipe2", "poll", "ppoll", "select", "pselect6", "eventfd2",
    // Memory.
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mlock", "munlock", "membarrier",
    // Threads and signals.
    "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "arch_prctl", "gettid", "tgkill",
    "sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getcpu", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "rt_sigtimedwait", "sigaltstack", "restart_syscall", "wait4", "exit", "exit_group",
    // Time, and what the machine is.
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom", "getpid",
    "getppid", "getuid", "geteuid", "getgid", "getegid", "getgroups", "uname", "sysinfo", "getrusage", "getrlimit",
    "prlimit64", "prctl", "times"};

/// Of outputs and listeners. Of a raw or packet socket the kernel asks a capability that is not there.
constexpr const char* kSocketCalls[] = {
    "socket",      "socketpair",     "connect",         "bind",        "listen",        "accept",    "accept4",
    "shutdown",    "sendto",         "recvfrom",        "sendmsg",     "recvmsg",       "sendmmsg",  "recvmmsg",
    "getsockopt",  "setsockopt",     "getsockname",     "getpeername", "epoll_create1", "epoll_ctl", "epoll_wait",
    "epoll_pwait", "timerfd_create", "timerfd_settime", "signalfd4"};

/// Steps of an attack that has got hold of the process, and of nothing else here.
constexpr const char* kAttackCalls[] = {"execve",
                                        "execveat",
                                        "ptrace",
                                        "process_vm_readv",
                                        "process_vm_writev",
                                        "bpf",
                                        "init_module",
                                        "finit_module",
                                        "delete_module",
                                        "kexec_load",
                                        "mount",
                                        "umount2",
                                        "pivot_root",
                                        "chroot",
                                        "setns",
                                        "unshare",
                                        "open_by_handle_at",
                                        "userfaultfd",
                                        "perf_event_open",
                                        "add_key",
                                        "request_key",
                                        "keyctl",
                                        "io_uring_setup"};

/// To become another or have more rights. The job host's children give up theirs again.
constexpr const char* kRightsCalls[] = {"setuid", "setresuid", "capset"};

/// To make and end processes with limits, and confine them.
constexpr const char* kHostCalls[] = {"kill",   "setrlimit", "setpriority", "seccomp",
                                      "capget", "capset",    "recvmsg",     "sendmsg"};

std::vector<const char*> both(std::span<const char* const> calls, std::span<const char* const> more) {
    std::vector<const char*> all(calls.begin(), calls.end());
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

base::Result<void> confine(const std::optional<base::User>& user, std::span<const char* const> more_calls) {
    if (const auto given_up = base::give_up_rights({}, user); !given_up) return given_up.error();
    std::vector<const char*> allowed(std::begin(kWorkCalls), std::end(kWorkCalls));
    allowed.insert(allowed.end(), more_calls.begin(), more_calls.end());
    return base::restrict_syscalls(
        {.allowed = allowed, .killing = kAttackCalls, .others = base::OtherCalls::kRefuse, .allows_threads = true});
}

}  // namespace

base::Result<std::optional<base::User>> user_to_become(const std::string& name) {
    if (name.empty()) return base::user_behind_sudo();
    const auto user = base::find_user(name);
    if (!user) return user.error();
    if (geteuid() != 0 && user->uid != geteuid())
        return base::Error{fmt::format("only root may become {}", name), base::ErrorKind::kPermission};
    return std::optional(*user);
}

base::Result<void> confine_sensor(const std::optional<base::User>& user) {
    return confine(user, kSocketCalls);
}

base::Result<void> confine_work() {
    return confine(base::user_behind_sudo(), {});
}

base::Result<void> confine_job_host(const std::optional<base::User>& user) {
    if (const auto given_up = base::give_up_rights({}, user); !given_up) return given_up.error();
    return base::restrict_syscalls({.allowed = both(kWorkCalls, kHostCalls),
                                    .killing = kAttackCalls,
                                    .others = base::OtherCalls::kRefuse,
                                    .allows_threads = true,
                                    .allows_processes = true});
}

}  // namespace flowsift::app
