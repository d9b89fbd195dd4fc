// Routes of what goes on right now: the event stream, status, series.
#include "base/json.h"
#include "serve/control.h"
#include "serve/live_board.h"
#include "serve/query_values.h"
#include "serve/route_tables.h"
#include "serve/services.h"

namespace flowsift::serve {
namespace {

Response get_events(const Request&, Services&) {
    return {.content_type = "text/event-stream", .is_event_stream = true};
}

Response get_status(const Request&, Services& services) {
    return {.body = services.board->status_json(services.control->capture())};
}

Response get_series(const Request& request, Services& services) {
    const std::int64_t now = services.board->now();
    const auto from = time_of(request, "from", (now - LiveBoard::kSeconds) * base::kSecond, now * base::kSecond);
    const auto to = time_of(request, "to", now * base::kSecond, now * base::kSecond);
    const auto step = number_of(request, "step", 1, 1, LiveBoard::kSeconds);
    if (!from || !to || !step)
        return error_response(400, "from and to are times (2026-01-31T12:00:00Z or -10m), step is 1 to 3600 seconds");
    return {.body = services.board->series_json(*from / base::kSecond, *to / base::kSecond, *step)};
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/events",
     .least_role = Role::kViewer,
     .summary = "Live events, as server-sent events; Last-Event-ID is honoured.",
     .handler = get_events,
     .schema = "text/event-stream",
     .is_quick = true},
    {.method = Method::kGet,
     .pattern = "/api/status",
     .least_role = Role::kViewer,
     .summary = "Capture, totals and rates of this second.",
     .handler = get_status,
     .schema = "Status"},
    {.method = Method::kGet,
     .pattern = "/api/series",
     .least_role = Role::kViewer,
     .summary = "Rates of the last hour by second.",
     .handler = get_series,
     .schema = "Series",
     .query = "from,to,step"},
};

}  // namespace

std::span<const Route> live_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
