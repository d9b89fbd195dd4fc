#include "serve/login_limit.h"

#include <algorithm>

namespace flowsift::serve {
namespace {

std::string address_key(std::string_view address) {
    return std::string(address) + " address";
}

std::string user_key(std::string_view user) {
    return std::string(user) + " user";
}

}  // namespace

bool LoginLimit::try_now(std::string_view address, std::string_view user, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    make_room(now);
    int& by_address = window(address_key(address), now).attempts;
    int& by_user = window(user_key(user), now).attempts;
    if (by_address >= kMostByAddress || by_user >= kMostByUser) return false;
    ++by_address;
    ++by_user;
    return true;
}

void LoginLimit::succeeded(std::string_view address, std::string_view user) {
    const std::lock_guard lock(mutex_);
    for (const std::string& key : {address_key(address), user_key(user)})
        if (const auto found = windows_.find(key); found != windows_.end() && found->second.attempts > 0)
            --found->second.attempts;
}

LoginLimit::Window& LoginLimit::window(const std::string& name, Clock::time_point now) {
    Window& window = windows_.try_emplace(name, Window{now}).first->second;
    if (now - window.began >= kWindow) window = {now};
    return window;
}

/// Room for two more.
void LoginLimit::make_room(Clock::time_point now) {
    if (windows_.size() + 2 <= kMostNames) return;
    std::erase_if(windows_, [&](const auto& entry) { return now - entry.second.began >= kWindow; });
    while (windows_.size() + 2 > kMostNames)
        windows_.erase(std::min_element(windows_.begin(), windows_.end(),
                                        [](const auto& a, const auto& b) { return a.second.began < b.second.began; }));
}

}  // namespace flowsift::serve
