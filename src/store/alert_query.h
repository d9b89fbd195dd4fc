// What people ask of the alerts in the store: those of a state that pass a filter, sorted, page by page, or counted in
// groups. Works beside a writer in another process. Any thread, one database each.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "features/schema.h"
#include "store/filter.h"
#include "store/ordering.h"

namespace flowsift::store {

/// The latest word of an analyst on an alert.
struct Feedback {
    bool is_right = false;
    std::string label;      ///< What it really was; empty: not said.
    std::string user;       ///< Empty: not known.
    std::int64_t time = 0;  ///< Wall clock, seconds.
};

struct StoredAlert {
    std::uint64_t number = 0;
    base::Nanoseconds time = 0;  ///< When it was told, by the capture's clock.
    flow::FlowIdentity flow;     ///< That made it be told; `first` and `last` are those of the whole episode.
    features::Application application = features::Application::kNone;
    std::string name;  ///< Bytes from the wire: hostile. Empty: none.
    detect::Severity severity = detect::Severity::kMedium;
    std::string label, technique, model_hash, capture;
    double probability = 0;
    std::uint64_t flows = 0, packets = 0, bytes = 0, sources = 0, targets = 0;
    bool is_open = false;  ///< Still growing.
    bool is_archived = false, is_escalated = false;
    std::optional<Feedback> feedback;
};

enum class AlertState : std::uint8_t { kOpen, kArchived, kAll };

/// time, first, last, severity (high first), flows, packets, bytes, probability, sources, targets, number.
std::span<const SortKey> alert_sort_keys();

struct AlertQuery {
    AlertState state = AlertState::kAll;
    TimeWindow window = {};  ///< Of their time.
    const Filter* filter = nullptr;
    Order order = {alert_sort_keys().data(), true};
    std::uint64_t limit = 100;
    std::optional<Cursor> after = {};
};

struct AlertPage {
    std::vector<StoredAlert> alerts;
    std::optional<Cursor> next;  ///< Where there may be more.
    std::uint64_t total = 0;     ///< Of all pages.
};

base::Result<AlertPage> query_alerts(Database& store, const AlertQuery& query);

enum class AlertGrouping : std::uint8_t { kClass, kSource, kTarget };

struct AlertGroup {
    std::string key;  ///< A class or an address.
    std::uint64_t alerts = 0;
    base::Nanoseconds latest = 0;
};

/// State, window and filter of the query count; the largest groups first, at most `most`.
base::Result<std::vector<AlertGroup>> group_alerts(Database& store, const AlertQuery& query, AlertGrouping grouping,
                                                   std::uint64_t most = 100);

base::Result<std::optional<StoredAlert>> find_alert(Database& store, std::uint64_t number);

/// Of these numbers, in this order; those that there are.
base::Result<std::vector<StoredAlert>> find_alerts(Database& store, std::span<const std::uint64_t> numbers);

}  // namespace flowsift::store
