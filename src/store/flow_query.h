// What people ask of the flows in the store: those of a window of time that pass a filter, sorted, page by page.
//
// A window is read in slices of some thousand flows along the index on their first packet, each a short read of its
// own, so that a wide one tells how far it is, can be stopped, and holds no writer up. Any thread, one database each.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "features/schema.h"
#include "store/filter.h"
#include "store/ordering.h"

namespace flowsift::store {

struct StoredFlow {
    std::uint64_t id = 0;
    flow::FlowIdentity flow;
    features::Application application = features::Application::kNone;
    std::string name;   ///< Bytes from the wire: hostile. Empty: none.
    std::string label;  ///< Empty: no model has judged it.
    double probability = 0;
    bool is_novel = false;
    std::uint64_t alert = 0;  ///< That it belongs to; 0: none.
};

/// first, last, duration, bytes, packets, probability, source_port, destination_port.
std::span<const SortKey> flow_sort_keys();

/// Flows at once, of a query that is not sorted by `first`.
inline constexpr std::uint64_t kMostSortedFlows = 10'000;

struct FlowQuery {
    TimeWindow window;  ///< Of the first packet.
    const Filter* filter = nullptr;
    Order order;                ///< By `first`, rows come while it is being read; else at the end.
    std::uint64_t limit = 100;  ///< UINT64_MAX: all; not sorted by `first`: at most kMostSortedFlows.
    std::optional<Cursor> after = {};
};

/// Called on the thread of the query; either may be empty.
struct FlowReceiver {
    std::function<void(std::span<const StoredFlow>)> rows;
    Progress progress;
};

struct FlowOutcome {
    std::uint64_t scanned = 0;
    std::uint64_t matched = 0;   ///< Of these; sorted by `first`, what was given.
    std::optional<Cursor> next;  ///< Where there may be more.
    bool is_stopped = false;
};

base::Result<FlowOutcome> query_flows(Database& store, const FlowQuery& query, const FlowReceiver& receiver);

base::Result<std::optional<StoredFlow>> find_flow(Database& store, std::uint64_t id);

/// In the order in which they ended, those after the flow `after` (0: from the first), at most `limit`.
base::Result<std::vector<StoredFlow>> alert_flows(Database& store, std::uint64_t alert, std::uint64_t after,
                                                  std::uint64_t limit);

struct FlowValues {
    std::vector<std::string> features;  ///< Names as in the catalogue.
    std::vector<float> values;          ///< As many.
};

/// Empty: none are kept of this flow.
base::Result<std::optional<FlowValues>> flow_values(Database& store, std::uint64_t id);

}  // namespace flowsift::store
