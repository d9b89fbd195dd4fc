#include "output/patience.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace flowsift::output {
namespace {

constexpr std::chrono::milliseconds kSlice{50};
constexpr std::chrono::seconds kLongestWithoutProgress{5}, kLongestInAll{20};

}  // namespace

void Patience::hurry() {
    const Clock::time_point now = Clock::now();
    Clock::rep never = kNever;
    if (!last_end_.compare_exchange_strong(never, (now + kLongestInAll).time_since_epoch().count())) return;
    end_ = (now + kLongestWithoutProgress).time_since_epoch().count();
}

void Patience::progress() {
    if (!is_hurried()) return;
    end_ = std::min(last_end_.load(), (Clock::now() + kLongestWithoutProgress).time_since_epoch().count());
}

std::chrono::milliseconds Patience::slice(Clock::time_point until) const {
    const Clock::time_point end = std::min(until, Clock::time_point(Clock::duration(end_.load())));
    const Clock::time_point now = Clock::now();
    if (end <= now) return std::chrono::milliseconds::zero();
    return std::min(kSlice, std::chrono::ceil<std::chrono::milliseconds>(end - now));
}

bool Patience::wait_for(int descriptor, short events, Clock::time_point until) const {
    pollfd waited{.fd = descriptor, .events = events, .revents = 0};
    while (true) {
        const std::chrono::milliseconds longest = slice(until);
        const int ready = poll(&waited, 1, static_cast<int>(longest.count()));
        if (ready > 0) return true;
        if (longest.count() == 0 || (ready < 0 && errno != EINTR)) return false;
    }
}

void Patience::sleep(Clock::time_point until) const {
    for (auto longest = slice(until); longest.count() > 0; longest = slice(until)) std::this_thread::sleep_for(longest);
}

void Patience::sleep_unless_hurried(Clock::time_point until) const {
    while (!is_hurried() && slice(until).count() > 0) std::this_thread::sleep_for(slice(until));
}

}  // namespace flowsift::output
