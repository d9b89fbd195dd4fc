#include "serve/route_tables.h"

namespace flowsift::serve {

std::span<const std::span<const Route>> route_groups() {
    static const std::span<const Route> kGroups[] = {session_routes(), live_routes(),  overview_routes(),
                                                     alert_routes(),   flow_routes(),  model_routes(),
                                                     capture_routes(), health_routes()};
    return kGroups;
}

}  // namespace flowsift::serve
