#include "store/tally.h"

#include <algorithm>

#include "store/flow_window.h"
#include "store/rollups.h"

namespace flowsift::store {
namespace {

constexpr std::uint64_t kSlice = 50'000;  // Flows.

/// Seconds from 1970, either way, whose nanoseconds fit with a day to spare: the years 1684 to 2255.
constexpr std::int64_t kLatest = 9'000'000'000;

base::IpAddress address_of(std::span<const std::uint8_t> bytes) {
    return bytes.size() == 16 ? base::IpAddress::from_v6(bytes.first<16>()) : base::IpAddress{};
}

void add(Tally& tally, Rollup kind, std::int64_t key, const Sums& sums) {
    switch (kind) {
        case Rollup::kAll:
            tally.all += sums;
            break;
        case Rollup::kClass:
            tally.classes[key] += sums;
            break;
        case Rollup::kProtocol:
            tally.protocols[key] += sums;
            break;
        case Rollup::kApplication:
            tally.applications[key] += sums;
            break;
        case Rollup::kSeverity:
            if (key >= 1 && key <= 3) tally.alerts[static_cast<std::size_t>(key)] += sums.flows;
            break;
    }
}

/// Of one step; `from` and `to`: its seconds.
base::Result<void> add_step(Statement& rows, std::int64_t step, std::int64_t from, std::int64_t to, Tally& tally) {
    if (from >= to) return {};
    rows.bind(step).bind(from).bind(to);
    for (;;) {
        const auto found = rows.step();
        if (!found) return found.error();
        if (!*found) return {};
        add(tally, static_cast<Rollup>(rows.number(0)), rows.number(1),
            {static_cast<std::uint64_t>(rows.number(2)), static_cast<std::uint64_t>(rows.number(3)),
             static_cast<std::uint64_t>(rows.number(4))});
    }
}

base::Result<void> count_alerts(Database& store, const TimeWindow& window, const Filter* filter, Tally& tally) {
    auto rows = store.prepare("SELECT severity, count(*) FROM alerts WHERE alerts.time >= ? AND alerts.time < ?" +
                              (filter ? filter->and_where() : std::string()) + " GROUP BY severity");
    if (!rows) return rows.error();
    rows->bind(window.from).bind(window.to);
    if (filter) filter->bind(*rows);
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return {};
        add(tally, Rollup::kSeverity, rows->number(0), {static_cast<std::uint64_t>(rows->number(1)), 0, 0});
    }
}

/// Of the flows of a slice that pass.
base::Result<void> add_slice(Statement& rows, Tally& tally, SpaceSaving& talkers) {
    for (;;) {
        const auto found = rows.step();
        if (!found) return found.error();
        if (!*found) return {};
        const Sums sums{1, static_cast<std::uint64_t>(rows.number(3)), static_cast<std::uint64_t>(rows.number(4))};
        add(tally, Rollup::kAll, 0, sums);
        add(tally, Rollup::kClass, rows.number(0), sums);
        add(tally, Rollup::kProtocol, rows.number(1), sums);
        add(tally, Rollup::kApplication, rows.number(2), sums);
        for (const int end : {5, 6}) talkers.add(address_of(rows.blob(end)), sums.bytes);
    }
}

}  // namespace

Sums& Sums::operator+=(const Sums& more) {
    flows += more.flows;
    packets += more.packets;
    bytes += more.bytes;
    return *this;
}

Totals Tally::totals() const {
    return {all.flows, all.packets, all.bytes, alerts[1] + alerts[2] + alerts[3]};
}

base::Result<TimeWindow> window_of_sums(Database& store, const TimeWindow& window) {
    auto ends = store.prepare(
        "SELECT (SELECT min(start) FROM rollups WHERE step = 3600), (SELECT max(start) FROM rollups WHERE step = "
        "3600), "
        "(SELECT min(start) FROM rollups WHERE step = 60)");
    if (!ends) return ends.error();
    const auto found = ends->step();
    if (!found) return found.error();
    if (ends->is_null(0)) return TimeWindow{0, 0};
    std::int64_t from = std::max({bucket_of(window.from, kMinute), ends->number(0), -kLatest});
    const std::int64_t last = bucket_of(window.to - (window.to > INT64_MIN ? 1 : 0), kMinute);
    const std::int64_t to = std::min({last + kMinute, ends->number(1) + kHour, kLatest});
    if (from >= to) return TimeWindow{0, 0};
    if (ends->is_null(2) || from < ends->number(2)) from = bucket_of_second(from, kHour);
    return TimeWindow{from * base::kSecond, to * base::kSecond};
}

base::Result<Tally> tally_sums(Database& store, const TimeWindow& window) {
    auto rows = store.prepare(
        "SELECT kind, key, sum(flows), sum(packets), sum(bytes) FROM rollups "
        "WHERE step = ? AND start >= ? AND start < ? GROUP BY kind, key");
    if (!rows) return rows.error();
    const std::int64_t from = window.from / base::kSecond, to = window.to / base::kSecond;
    const std::int64_t whole_from = bucket_of(window.from - 1, kHour) + kHour, whole_to = bucket_of(window.to, kHour);
    Tally tally;
    base::Result<void> done;
    if (whole_from < whole_to) {
        done = add_step(*rows, kMinute, from, whole_from, tally);
        if (done) done = add_step(*rows, kHour, whole_from, whole_to, tally);
        if (done) done = add_step(*rows, kMinute, whole_to, to, tally);
    } else {
        done = add_step(*rows, kMinute, from, to, tally);
    }
    if (!done) return done.error();
    return tally;
}

base::Result<Tally> tally_flows(Database& store, const TimeWindow& window, const OverviewQuery& query,
                                SpaceSaving& talkers, const Progress& progress) {
    const Filter filter = query.flow_filter ? *query.flow_filter : Filter{};
    auto rows = store.prepare(
        "SELECT coalesce(label, 0), protocol, application, forward_packets + backward_packets, "
        "forward_bytes + backward_bytes, source, destination FROM flows WHERE flows.first >= ? AND flows.first < ?" +
        filter.and_where());
    if (!rows) return rows.error();
    Tally tally;
    FlowWindow slices(store, window, true);
    for (;;) {
        const auto slice = slices.next(kSlice);
        if (!slice) return slice.error();
        if (!*slice) break;
        rows->bind((*slice)->from).bind((*slice)->to);
        filter.bind(*rows);
        if (auto added = add_slice(*rows, tally, talkers); !added) return added.error();
        if (progress && !progress(slices.share(), slices.scanned())) return base::Error{"the overview was stopped"};
    }
    if (auto counted = count_alerts(store, window, query.alert_filter, tally); !counted) return counted.error();
    return tally;
}

}  // namespace flowsift::store
