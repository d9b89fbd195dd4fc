// Rights of this process: which it has, and how it gives up all that it does not need, for good.
//
// To be called while the process has one thread: capabilities belong to threads, and those that are made later inherit
// what their maker has left.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace flowsift::base {

struct User {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// Error: there is none of that name (ErrorKind::kUsage).
base::Result<User> find_user(const std::string& name);

/// Who called sudo, where this process is root by it; nullopt otherwise.
std::optional<User> user_behind_sudo();

/// In the effective set. `capability`: CAP_… of linux/capability.h.
bool has_capability(unsigned capability);

/// Keeps the capabilities of `kept` alone, out of those that the process has: nothing else stays permitted,
/// inheritable, ambient or, where the process may change that, in the bounding set. Becomes `user`, with the groups of
/// that user. Sets no_new_privs, so that no program started from here can have more. See capabilities(7). Error: the
/// system refuses; or the process has several threads.
Result<void> give_up_rights(std::span<const unsigned> kept, const std::optional<User>& user);

}  // namespace flowsift::base
