// The wall clock, for what packets cannot tell: that a link is silent. Never enters a feature.
#pragma once

#include <chrono>

#include "base/time.h"

namespace flowsift::base {

inline Nanoseconds wall_clock() {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace flowsift::base
