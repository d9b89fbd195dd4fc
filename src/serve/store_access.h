// StoreAccess: what all routes over the store need: the database of this request, its window, filter, order and cursor.
// Stateless; a worker's.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "serve/request.h"
#include "serve/response.h"
#include "serve/services.h"
#include "store/database.h"
#include "store/filter.h"
#include "store/ordering.h"

namespace flowsift::serve {

/// Of one request. Error (kConfiguration): the run keeps no store.
base::Result<store::Database> open_store_of(const Services& services);

/// The capture's clock, by which "-1h" counts back; the wall clock where nothing was captured yet.
base::Nanoseconds store_clock(const Services& services);

/// `from` and `to` of the query; all of the store where they are missing. Empty: no times.
std::optional<store::TimeWindow> window_of(const Request& request, const Services& services);

/// `filter` of the query, or the answer (400 with `at`) to one that is none.
std::variant<store::Filter, Response> filter_of(const Request& request, store::Records records);

/// What a list asks for besides its filter.
struct Page {
    store::TimeWindow window;
    store::Order order;
    std::uint64_t limit;
    std::optional<store::Cursor> after;
};
/// `otherwise`: the order where the query has none. Error (kUsage): what is wrong.
base::Result<Page> page_of(const Request& request, const Services& services, std::span<const store::SortKey> keys,
                           std::string_view otherwise, std::int64_t most);

/// Stops when the client has gone away.
store::Progress until_cancelled(const Request& request);

}  // namespace flowsift::serve
