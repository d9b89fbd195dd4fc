#include "output/backoff.h"

#include <algorithm>

namespace flowsift::output {
namespace {

constexpr std::chrono::milliseconds kLongestHurriedWait{250};

}  // namespace

void Backoff::fail(Clock::time_point now) {
    const double share = 1 - random_.uniform() / 2;
    failed_ = now;
    due_ = now + std::chrono::duration_cast<std::chrono::milliseconds>(next_ * share);
    next_ = std::min(next_ * 2, most_);
}

void Backoff::wait(const Patience& patience) const {
    patience.sleep_unless_hurried(due_);
    if (patience.is_hurried()) patience.sleep(std::min(due_, failed_ + kLongestHurriedWait));
}

}  // namespace flowsift::output
