#include "store/alert_detail.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace flowsift::store {
namespace {

constexpr std::string_view kReasons =
    "SELECT feature, value, contribution, benign_low, benign_high FROM alert_reasons WHERE alert = ? ORDER BY place";

constexpr std::string_view kTrack = "SELECT start, step, flows, peers FROM alert_tracks WHERE alert = ?";

constexpr std::string_view kHistory =
    "SELECT stored, user, action, detail FROM history WHERE alert = ? ORDER BY id LIMIT 1000";

constexpr std::string_view kSimilar = R"(
    SELECT other.number FROM alerts AS other, alerts AS this
    WHERE this.number = ? AND other.label = this.label AND other.number != this.number
    ORDER BY (other.source = this.source) + (other.destination = this.destination) DESC, other.number DESC LIMIT 10)";

/// Calls `take` with every row that `sql` gives of the alert.
base::Result<void> for_rows(Database& store, std::string_view sql, std::uint64_t alert,
                            const std::function<void(const Statement&)>& take) {
    auto rows = store.prepare(sql);
    if (!rows) return rows.error();
    rows->bind(static_cast<std::int64_t>(alert));
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return {};
        take(*rows);
    }
}

void take_reason(const Statement& row, AlertDetail& detail) {
    StoredReason& stored = detail.reasons.emplace_back();
    stored.feature = row.text(0);
    stored.reason.value = row.real(1);
    stored.reason.contribution = static_cast<float>(row.real(2));
    stored.reason.has_range = !row.is_null(3);
    stored.reason.benign_low = static_cast<float>(row.real(3));
    stored.reason.benign_high = static_cast<float>(row.real(4));
}

void take_track(const Statement& row, AlertDetail& detail) {
    detail.timeline.start = row.number(0);
    detail.timeline.step = static_cast<std::uint64_t>(std::max<std::int64_t>(row.number(1), 1));
    const std::span<const std::uint8_t> flows = row.blob(2);
    detail.timeline.flows.resize(std::min(flows.size() / 4, kTimelineSteps));
    std::memcpy(detail.timeline.flows.data(), flows.data(), 4 * detail.timeline.flows.size());
    for (auto peers = row.blob(3); peers.size() >= kPeerBytes; peers = peers.subspan(kPeerBytes)) {
        Peer& peer = detail.peers.emplace_back();
        std::memcpy(peer.address.bytes.data(), peers.data(), peer.address.bytes.size());
        std::memcpy(&peer.flows, peers.data() + peer.address.bytes.size(), sizeof peer.flows);
    }
    std::ranges::sort(detail.peers, [](const Peer& a, const Peer& b) {
        return a.flows != b.flows ? a.flows > b.flows : a.address < b.address;
    });
}

base::Result<void> take_similar(Database& store, AlertDetail& detail) {
    std::vector<std::uint64_t> numbers;
    auto done = for_rows(store, kSimilar, detail.alert.number,
                         [&](const Statement& row) { numbers.push_back(static_cast<std::uint64_t>(row.number(0))); });
    if (!done) return done;
    auto alerts = find_alerts(store, numbers);
    if (!alerts) return alerts.error();
    detail.similar = std::move(*alerts);
    return {};
}

}  // namespace

base::Result<std::optional<AlertDetail>> alert_detail(Database& store, std::uint64_t number) {
    auto alert = find_alert(store, number);
    if (!alert) return alert.error();
    if (!*alert) return std::optional<AlertDetail>();
    AlertDetail detail{.alert = std::move(**alert)};
    auto done =
        for_rows(store, "SELECT received, dropped FROM alerts WHERE number = ?", number, [&](const Statement& row) {
            detail.loss = {static_cast<std::uint64_t>(row.number(0)), static_cast<std::uint64_t>(row.number(1))};
        });
    if (done) done = for_rows(store, kReasons, number, [&](const Statement& row) { take_reason(row, detail); });
    if (done) done = for_rows(store, kTrack, number, [&](const Statement& row) { take_track(row, detail); });
    if (done)
        done = for_rows(store, kHistory, number, [&](const Statement& row) {
            detail.history.push_back(
                {row.number(0), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3))});
        });
    if (done) done = take_similar(store, detail);
    if (!done) return done.error();
    return std::optional(std::move(detail));
}

}  // namespace flowsift::store
