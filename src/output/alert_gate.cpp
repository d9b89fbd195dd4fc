#include "output/alert_gate.h"

namespace flowsift::output {

void AlertGate::let_pass(std::uint64_t number) {
    {
        const std::lock_guard lock(mutex_);
        if (number <= passed_) return;
        passed_ = number;
    }
    has_moved_.notify_all();
}

bool AlertGate::has_passed(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    return passed_ >= number;
}

void AlertGate::wait_for(std::uint64_t number) const {
    std::unique_lock lock(mutex_);
    has_moved_.wait_for(lock, kLongestWait, [&] { return passed_ >= number; });
}

}  // namespace flowsift::output
