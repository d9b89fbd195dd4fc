#include "store/talker_count.h"

#include <algorithm>

#include "store/rollups.h"

namespace flowsift::store {
namespace {

base::IpAddress address_of(std::span<const std::uint8_t> bytes) {
    return bytes.size() == 16 ? base::IpAddress::from_v6(bytes.first<16>()) : base::IpAddress{};
}

/// Whether the flows of the sums are all still there to be counted.
base::Result<bool> are_there(Database& store, const TimeWindow& window, std::uint64_t flows) {
    if (flows > kMostFlowsCounted) return false;
    auto count = store.prepare("SELECT count(*) FROM flows WHERE first >= ? AND first < ?");
    if (!count) return count.error();
    const auto found = count->bind(window.from).bind(window.to).step();
    if (!found) return found.error();
    return static_cast<std::uint64_t>(count->number(0)) == flows;
}

base::Result<TalkerCount> count_flows(Database& store, const TimeWindow& window) {
    auto rows = store.prepare(
        "SELECT source, destination, forward_bytes + backward_bytes FROM flows WHERE first >= ? AND first < ?");
    if (!rows) return rows.error();
    rows->bind(window.from).bind(window.to);
    TalkerCount count{window, SpaceSaving(2 * kMostFlowsCounted)};
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return count;
        for (const int end : {0, 1})
            count.talkers.add(address_of(rows->blob(end)), static_cast<std::uint64_t>(rows->number(2)));
    }
}

base::Result<TalkerCount> count_hours(Database& store, const TimeWindow& window) {
    const std::int64_t from = bucket_of(window.from, kHour), to = bucket_of(window.to - 1, kHour) + kHour;
    auto rows = store.prepare("SELECT hour, address, bytes, flows, error FROM talkers WHERE hour >= ? AND hour < ?");
    if (!rows) return rows.error();
    rows->bind(from).bind(to);
    TalkerCount count{{from * base::kSecond, to * base::kSecond}, SpaceSaving(SIZE_MAX)};
    std::int64_t hour = INT64_MIN;
    std::size_t places = 0;
    std::uint64_t least = UINT64_MAX;  // Of the hour: what an address that has no place may have at most.
    const auto close_hour = [&] { count.error += places == kTalkers ? least : 0; };
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) break;
        if (rows->number(0) != hour) {
            close_hour();
            hour = rows->number(0);
            places = 0;
            least = UINT64_MAX;
        }
        ++places;
        const auto bytes = static_cast<std::uint64_t>(rows->number(2));
        least = std::min(least, bytes);
        count.talkers.add(address_of(rows->blob(1)), bytes - static_cast<std::uint64_t>(rows->number(4)),
                          static_cast<std::uint64_t>(rows->number(3)));
    }
    close_hour();
    return count;
}

}  // namespace

base::Result<TalkerCount> count_talkers(Database& store, const TimeWindow& window, std::uint64_t flows) {
    const auto can_count = are_there(store, window, flows);
    if (!can_count) return can_count.error();
    return *can_count ? count_flows(store, window) : count_hours(store, window);
}

}  // namespace flowsift::store
