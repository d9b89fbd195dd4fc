#include "base/privileges.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace flowsift::base {
namespace {

User user_of(const passwd& entry) {
    return {.name = entry.pw_name, .uid = entry.pw_uid, .gid = entry.pw_gid};
}

bool has_one_thread() {
    std::error_code problem;
    std::size_t threads = 0;
    for ([[maybe_unused]] const auto& thread : std::filesystem::directory_iterator("/proc/self/task", problem))
        ++threads;
    return threads <= 1;  // 0: there is no /proc to ask.
}

}  // namespace

base::Result<User> find_user(const std::string& name) {
    if (const passwd* entry = getpwnam(name.c_str())) return user_of(*entry);
    return Error{fmt::format("there is no user {} on this machine", name), ErrorKind::kUsage};
}

std::optional<User> user_behind_sudo() {
    const char* text = std::getenv("SUDO_UID");
    if (geteuid() != 0 || text == nullptr) return std::nullopt;
    const std::string_view digits = text;
    uid_t uid = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), uid);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || uid == 0) return std::nullopt;
    const passwd* entry = getpwuid(uid);
    return entry ? std::optional(user_of(*entry)) : std::nullopt;
}

bool has_capability(unsigned capability) {
    return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
}

Result<void> give_up_rights(std::span<const unsigned> kept, const std::optional<User>& user) {
    if (!has_one_thread()) return Error{"rights can only be given up before a second thread starts"};
    const bool may_change_bounds = has_capability(CAP_SETPCAP);
    capng_clear(CAPNG_SELECT_ALL);
    for (const unsigned capability : kept)
        if (capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED), capability) != 0)
            return Error{fmt::format("capability {} is not known here", capability)};
    int failure = 0;
    if (user && user->uid != geteuid()) {
        const int flags =
            CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_AMBIENT | (may_change_bounds ? CAPNG_CLEAR_BOUNDING : CAPNG_NO_FLAG);
        failure = capng_change_id(static_cast<int>(user->uid), static_cast<int>(user->gid),
                                  static_cast<capng_flags_t>(flags));
    } else {
        const int sets = CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT | (may_change_bounds ? CAPNG_SELECT_BOUNDS : 0);
        failure = capng_apply(static_cast<capng_select_t>(sets));
    }
    if (failure != 0)
        return Error{fmt::format("cannot give up rights{}: {} (libcap-ng: {})", user ? " and become " + user->name : "",
                                 std::strerror(errno), failure)};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Error{fmt::format("cannot set no_new_privs: {}", std::strerror(errno))};
    return {};
}

}  // namespace flowsift::base
