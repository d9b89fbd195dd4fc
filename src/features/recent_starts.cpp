#include "features/recent_starts.h"

namespace flowsift::features {

void RecentStarts::advance(HalfSecond now) {
    short_.advance(now_, now);
    long_.advance(now_ >> 2, now >> 2);  // Floors, also before 1970.
    now_ = now;
}

void RecentStarts::add(HalfSecond now) {
    advance(now);
    ++short_.at(now);
    ++long_.at(now >> 2);
}

double RecentStarts::count(HalfSecond now, HostPair::Window window) {
    advance(now);
    return window == HostPair::kShort ? short_.sum() : long_.sum();
}

}  // namespace flowsift::features
