#include "store/flow_window.h"

namespace flowsift::store {

/// Narrows the window to the flows that there are; false: there are none.
base::Result<bool> FlowWindow::begin() {
    has_begun_ = true;
    auto ends = store_.prepare(
        "SELECT (SELECT min(first) FROM flows WHERE first >= ?1 AND first < ?2), "
        "(SELECT max(first) FROM flows WHERE first >= ?1 AND first < ?2)");
    if (!ends) return ends.error();
    const auto found = ends->bind(rest_.from).bind(rest_.to).step();
    if (!found) return found.error();
    if (ends->is_null(0)) {
        rest_.to = rest_.from;
        return false;
    }
    rest_ = {ends->number(0), ends->number(1) + 1};
    all_ = rest_;
    auto edge = store_.prepare(is_descending_ ? "SELECT first FROM flows WHERE first >= ? AND first < ? "
                                                "ORDER BY first DESC LIMIT 1 OFFSET ?"
                                              : "SELECT first FROM flows WHERE first >= ? AND first < ? "
                                                "ORDER BY first LIMIT 1 OFFSET ?");
    if (!edge) return edge.error();
    edge_ = std::move(*edge);
    auto count = store_.prepare("SELECT count(*) FROM flows WHERE first >= ? AND first < ?");
    if (!count) return count.error();
    count_ = std::move(*count);
    return true;
}

base::Result<std::optional<TimeWindow>> FlowWindow::next(std::uint64_t flows) {
    if (!has_begun_) {
        const auto begun = begin();
        if (!begun) return begun.error();
    }
    if (rest_.from >= rest_.to) return std::optional<TimeWindow>();
    const auto found = edge_.bind(rest_.from).bind(rest_.to).bind(static_cast<std::int64_t>(flows - 1)).step();
    if (!found) return found.error();
    TimeWindow slice = rest_;
    if (*found && is_descending_) slice.from = edge_.number(0);
    if (*found && !is_descending_) slice.to = edge_.number(0) + 1;
    edge_.reset();
    const auto counted = count_.bind(slice.from).bind(slice.to).step();
    if (!counted) return counted.error();
    scanned_ += static_cast<std::uint64_t>(count_.number(0));
    count_.reset();
    (is_descending_ ? rest_.to : rest_.from) = is_descending_ ? slice.from : slice.to;
    return std::optional(slice);
}

double FlowWindow::share() const {
    const double length = static_cast<double>(all_.to) - static_cast<double>(all_.from);
    const double left = static_cast<double>(rest_.to) - static_cast<double>(rest_.from);
    return rest_.from >= rest_.to ? 1 : 1 - left / length;
}

}  // namespace flowsift::store
