// What a dashboard tells of a run of watching: what is captured, and how well it does.
#pragma once

#include <string>

#include "app/watch.h"
#include "serve/control.h"

namespace flowsift::app {

/// What the pages call a capture's file and a model: without the folder, which is nobody's business there.
std::string file_name(const std::string& path);
std::string model_name(const std::string& path);

/// Not yet begun.
serve::CaptureState describe_capture(const WatchOptions& options);

/// As of the latest second. Any thread.
serve::Health health_of(const Watch& watch, const WatchOptions& options);

}  // namespace flowsift::app
