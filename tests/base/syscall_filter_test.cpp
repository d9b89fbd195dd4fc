// Rights are given up for good, so each test does it in a process of its own.
#include "base/syscall_filter.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <semaphore>
#include <thread>

#include "base/privileges.h"

namespace flowsift::base {
namespace {

constexpr const char* kFew[] = {"write", "exit_group", "rt_sigreturn", "munmap",
                                "mmap",  "brk",        "futex",        "no_such_call"};
constexpr const char* kAttack[] = {"execve"};

/// In the child: 0 if `expected` holds under the rules, else 1.
template <class Expected>
[[noreturn]] void check_under(const SyscallRules& rules, Expected expected) {
    if (!give_up_rights({}, std::nullopt) || !restrict_syscalls(rules)) _exit(2);
    _exit(expected() ? 0 : 1);
}

void run_program() {
    char name[] = "/bin/true";
    char* arguments[] = {name, nullptr};
    execve(name, arguments, nullptr);
}

TEST(SyscallFilterDeathTest, OtherCallsAreRefusedAsByAnOlderKernel) {
    if (!is_allowed_list_in_force()) GTEST_SKIP() << "a sanitizer calls what it likes";
    EXPECT_EXIT(check_under({.allowed = kFew}, [] { return syscall(SYS_getppid) == -1 && errno == ENOSYS; }),
                ::testing::ExitedWithCode(0), "");
}

TEST(SyscallFilterDeathTest, OtherCallsEndTheProcess) {
    if (!is_allowed_list_in_force()) GTEST_SKIP() << "a sanitizer calls what it likes";
    EXPECT_EXIT(check_under({.allowed = kFew, .others = OtherCalls::kKill}, [] { return syscall(SYS_getppid) != 0; }),
                ::testing::KilledBySignal(SIGSYS), "");
}

TEST(SyscallFilterDeathTest, ThreadsMayStartButNotProcesses) {
    if (!is_allowed_list_in_force()) GTEST_SKIP() << "a sanitizer calls what it likes";
    static constexpr const char* kThreads[] = {"write",   "exit_group",    "exit",     "munmap",          "mmap",
                                               "brk",     "futex",         "mprotect", "set_robust_list", "rseq",
                                               "madvise", "rt_sigprocmask"};
    EXPECT_EXIT(check_under({.allowed = kThreads, .allows_threads = true},
                            [] {
                                bool has_run = false;
                                std::thread([&] { has_run = true; }).join();
                                return has_run && fork() == -1 && errno == ENOSYS;
                            }),
                ::testing::ExitedWithCode(0), "");
}

TEST(SyscallFilterDeathTest, WhatOnlyAnAttackCallsEndsTheProcess) {
    EXPECT_EXIT(check_under({.allowed = kFew, .killing = kAttack},
                            [] {
                                run_program();
                                return true;
                            }),
                ::testing::KilledBySignal(SIGSYS), "");
}

TEST(PrivilegesDeathTest, WhatIsGivenUpIsGone) {
    EXPECT_EXIT(
        {
            if (!give_up_rights({}, std::nullopt)) _exit(2);
            const bool is_bare = !has_capability(CAP_NET_RAW) && !has_capability(CAP_DAC_OVERRIDE);
            _exit(is_bare && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1);
        },
        ::testing::ExitedWithCode(0), "");
}

TEST(PrivilegesDeathTest, OneRightCanBeKept) {
    if (!has_capability(CAP_NET_RAW)) GTEST_SKIP() << "needs CAP_NET_RAW";
    static constexpr unsigned kKept[] = {CAP_NET_RAW};
    EXPECT_EXIT(
        {
            if (!give_up_rights(kKept, std::nullopt)) _exit(2);
            _exit(has_capability(CAP_NET_RAW) && !has_capability(CAP_NET_ADMIN) ? 0 : 1);
        },
        ::testing::ExitedWithCode(0), "");
}

TEST(Privileges, NotWhileASecondThreadRuns) {
    std::binary_semaphore is_over(0);
    std::thread waiting([&] { is_over.acquire(); });
    const auto given_up = give_up_rights({}, std::nullopt);
    is_over.release();
    waiting.join();
    ASSERT_FALSE(given_up.ok());
    EXPECT_NE(given_up.error().message.find("second thread"), std::string::npos);
}

TEST(Privileges, UsersByName) {
    EXPECT_EQ(find_user("root")->uid, 0U);
    const auto none = find_user("no-such-user");
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().kind, ErrorKind::kUsage);
}

}  // namespace
}  // namespace flowsift::base
