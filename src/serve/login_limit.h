// LoginLimit: how many times a password or token may be tried, by the address that tries and by the user who is meant.
//
// A window of five minutes each. An attempt counts before it is checked, so that many at once do not pass; one that
// succeeds is taken back. Remembers a bounded number of names; the oldest go first. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace flowsift::serve {

class LoginLimit {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr int kMostByAddress = 10;
    static constexpr int kMostByUser = 20;  ///< Higher, so that it takes two addresses to lock a user out.
    static constexpr std::chrono::seconds kWindow{300};
    static constexpr std::size_t kMostNames = 4'096;

    /// False: too many failed already; the answer is 429.
    bool try_now(std::string_view address, std::string_view user, Clock::time_point now);
    void succeeded(std::string_view address, std::string_view user);

  private:
    struct Window {
        Clock::time_point began;
        int attempts = 0;
    };
    Window& window(const std::string& name, Clock::time_point now);
    void make_room(Clock::time_point now);

    std::mutex mutex_;
    std::map<std::string, Window, std::less<>> windows_;
};

}  // namespace flowsift::serve
