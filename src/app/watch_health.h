// What a dashboard tells of a run of watching: what is captured, and how well it does.
#pragma once

#include "app/watch.h"
#include "serve/control.h"

namespace flowsift::app {

/// Not yet begun.
serve::CaptureState describe_capture(const WatchOptions& options);

/// As of the latest second. Any thread.
serve::Health health_of(const Watch& watch, const WatchOptions& options);

}  // namespace flowsift::app
