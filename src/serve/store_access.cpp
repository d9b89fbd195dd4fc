#include "serve/store_access.h"

#include "base/json.h"
#include "serve/json_time.h"
#include "serve/live_board.h"
#include "serve/query_values.h"
#include "store/open_store.h"

namespace flowsift::serve {

base::Result<store::Database> open_store_of(const Services& services) {
    if (services.store.empty())
        return base::Error{"this run keeps no alerts and flows; start it with --store FILE",
                           base::ErrorKind::kConfiguration};
    return store::open_store(services.store);
}

base::Nanoseconds store_clock(const Services& services) {
    const base::Nanoseconds captured = services.board->statistics().time;
    return captured != 0 ? captured : wall_clock();
}

std::optional<store::TimeWindow> window_of(const Request& request, const Services& services) {
    const base::Nanoseconds now = store_clock(services);
    const store::TimeWindow all;
    const auto from = time_of(request, "from", all.from, now);
    const auto to = time_of(request, "to", all.to, now);
    if (!from || !to) return std::nullopt;
    return store::TimeWindow{*from, *to};
}

std::variant<store::Filter, Response> filter_of(const Request& request, store::Records records) {
    std::size_t at = 0;
    auto filter = store::parse_filter(find_field(request.query, "filter").value_or(""), records, &at);
    if (filter) return std::move(*filter);
    Response response{.status = 400};
    base::JsonWriter json(response.body);
    json.begin_object().member("error", filter.error().message).member("at", std::uint64_t{at}).end_object();
    return response;
}

base::Result<Page> page_of(const Request& request, const Services& services, std::span<const store::SortKey> keys,
                           std::string_view otherwise, std::int64_t most) {
    const auto window = window_of(request, services);
    const auto limit = number_of(request, "limit", 100, 1, most);
    if (!window || !limit)
        return base::Error{"from and to are times (2026-01-31T12:00:00Z or -1h), limit a number of rows from 1 to " +
                               std::to_string(most),
                           base::ErrorKind::kUsage};
    const auto order = store::parse_order(find_field(request.query, "sort").value_or(otherwise), keys);
    if (!order) return order.error();
    Page page{*window, *order, static_cast<std::uint64_t>(*limit), std::nullopt};
    const auto cursor = find_field(request.query, "cursor");
    if (!cursor || cursor->empty()) return page;
    const auto parsed = store::parse_cursor(*cursor);
    if (!parsed) return parsed.error();
    page.after = *parsed;
    return page;
}

store::Progress until_cancelled(const Request& request) {
    return [is_cancelled = request.is_cancelled](double, std::uint64_t) { return !is_cancelled || !*is_cancelled; };
}

}  // namespace flowsift::serve
