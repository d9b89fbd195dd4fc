// How lists of flows and alerts are sorted, and how a reader comes back for the next page: by the key and the id of
// the last row that was seen, so that rows which come meanwhile move nothing. Plain data; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "store/database.h"

namespace flowsift::store {

/// From `from` on, before `to`.
struct TimeWindow {
    base::Nanoseconds from = INT64_MIN;
    base::Nanoseconds to = INT64_MAX;
};

/// Called now and then by what may take long: how much of the window is read, 0 to 1, and how many flows. False: stop.
using Progress = std::function<bool(double share, std::uint64_t scanned)>;

struct SortKey {
    std::string_view name;  ///< As in the API.
    std::string_view sql;   ///< A number, never NULL.
    bool is_real = false;
};

struct Order {
    const SortKey* key;
    bool is_descending = true;

    std::string_view direction() const { return is_descending ? "DESC" : "ASC"; }
};

/// "first", "-first" (descending). Error (kUsage): the keys that there are.
base::Result<Order> parse_order(std::string_view text, std::span<const SortKey> keys);

/// A place in a sorted list.
struct Cursor {
    std::variant<std::int64_t, double> key;
    std::int64_t id = 0;

    /// To be handed out and back: opaque to others. Good for the order that it came from.
    std::string text() const;
    void bind(Statement& statement) const;
};

/// Error (kUsage): it is no text of a cursor.
base::Result<Cursor> parse_cursor(std::string_view text);

/// " AND (key, id) < (?, ?)", or nothing where there is no cursor.
std::string after_cursor(const std::optional<Cursor>& after, const Order& order, std::string_view id);

}  // namespace flowsift::store
