// The groups of routes, one file each: routes_GROUP.cpp. A new group: a declaration here and a line in
// route_tables.cpp.
#pragma once

#include <span>

#include "serve/route.h"

namespace flowsift::serve {

std::span<const Route> session_routes();
std::span<const Route> live_routes();
std::span<const Route> overview_routes();
std::span<const Route> alert_routes();
std::span<const Route> flow_routes();
std::span<const Route> model_routes();
std::span<const Route> capture_routes();
std::span<const Route> health_routes();

}  // namespace flowsift::serve
