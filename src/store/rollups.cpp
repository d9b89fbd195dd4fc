#include "store/rollups.h"

#include <algorithm>

namespace flowsift::store {
namespace {

/// Flows end up to an hour after their start, so that two hours are in use, and a third where clocks differ.
constexpr std::size_t kHoursInMemory = 3;

std::int64_t as_number(std::uint64_t count) {
    return static_cast<std::int64_t>(count);
}

}  // namespace

base::Result<void> Rollups::prepare() {
    const auto into = [this](Statement& statement, std::string_view sql) -> base::Result<void> {
        auto prepared = database_.prepare(sql);
        if (!prepared) return prepared.error();
        statement = std::move(*prepared);
        return {};
    };
    if (auto done = into(add_, R"(
            INSERT INTO rollups (step, start, kind, key, flows, packets, bytes, stored) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET flows = flows + excluded.flows, packets = packets + excluded.packets,
                bytes = bytes + excluded.bytes, stored = excluded.stored)");
        !done)
        return done;
    if (auto done = into(read_talkers_, "SELECT address, bytes, flows, error FROM talkers WHERE hour = ? LIMIT 512");
        !done)
        return done;
    if (auto done = into(keep_talker_, R"(
            INSERT INTO talkers (hour, address, bytes, flows, error) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET bytes = excluded.bytes, flows = excluded.flows, error = excluded.error)");
        !done)
        return done;
    return into(delete_talker_, "DELETE FROM talkers WHERE hour = ? AND address = ?");
}

base::Result<void> Rollups::count_flow(const flow::FlowIdentity& flow, std::int64_t label, std::int64_t application) {
    const std::int64_t minute = bucket_of(flow.first, kMinute);
    const std::uint64_t packets = flow.forward_packets + flow.backward_packets;
    const std::uint64_t bytes = flow.forward_wire_bytes + flow.backward_wire_bytes;
    const std::pair<Rollup, std::int64_t> keys[] = {{Rollup::kAll, 0},
                                                    {Rollup::kClass, label},
                                                    {Rollup::kProtocol, flow.protocol},
                                                    {Rollup::kApplication, application}};
    for (const auto& [kind, key] : keys) {
        Sums& sums = minutes_[{minute, kind, key}];
        ++sums.flows;
        sums.packets += packets;
        sums.bytes += bytes;
    }
    const auto hour = hour_at(bucket_of(flow.first, kHour));
    if (!hour) return hour.error();
    for (const base::IpAddress* address : {&flow.source, &flow.destination})
        if (const auto* gone = (*hour)->talkers.add(*address, bytes)) (*hour)->gone.push_back(*gone);
    return {};
}

void Rollups::count_alert(detect::Severity severity, base::Nanoseconds time) {
    ++minutes_[{bucket_of(time, kMinute), Rollup::kSeverity, static_cast<std::int64_t>(severity)}].flows;
}

base::Result<Rollups::Hour*> Rollups::hour_at(std::int64_t start) {
    const auto known = std::ranges::find(hours_, start, &Hour::start);
    if (known != hours_.end()) {
        known->used = ++uses_;
        return &*known;
    }
    if (hours_.size() == kHoursInMemory) {
        const auto oldest = std::ranges::min_element(hours_, {}, &Hour::used);
        if (auto written = write(*oldest); !written) return written.error();
        hours_.erase(oldest);
    }
    Hour hour;
    hour.start = start;
    hour.used = ++uses_;
    if (auto found = read(hour); !found) return found.error();
    hours_.push_back(std::move(hour));
    return &hours_.back();
}

base::Result<void> Rollups::read(Hour& hour) {
    read_talkers_.bind(hour.start);
    for (;;) {
        const auto found = read_talkers_.step();
        if (!found) return found.error();
        if (!*found) return {};
        const std::span<const std::uint8_t> address = read_talkers_.blob(0);
        if (address.size() != 16) continue;
        hour.talkers.restore({.address = base::IpAddress::from_v6(address.first<16>()),
                              .weight = static_cast<std::uint64_t>(read_talkers_.number(1)),
                              .error = static_cast<std::uint64_t>(read_talkers_.number(3)),
                              .flows = static_cast<std::uint64_t>(read_talkers_.number(2))});
    }
}

base::Result<void> Rollups::write(Hour& hour) {
    for (const base::IpAddress& address : hour.gone)
        if (auto done = delete_talker_.bind(hour.start).bind(std::span<const std::uint8_t>(address.bytes)).run(); !done)
            return done;
    hour.gone.clear();
    for (SpaceSaving::Entry& entry : hour.talkers.entries()) {
        if (!entry.is_changed) continue;
        entry.is_changed = false;
        keep_talker_.bind(hour.start).bind(std::span<const std::uint8_t>(entry.address.bytes));
        for (const std::uint64_t number : {entry.weight, entry.flows, entry.error})
            keep_talker_.bind(as_number(number));
        if (auto done = keep_talker_.run(); !done) return done;
    }
    return {};
}

base::Result<void> Rollups::write(std::int64_t now) {
    for (const auto& [place, sums] : minutes_) {
        const auto& [minute, kind, key] = place;
        for (const std::int64_t step : {kMinute, kHour}) {
            add_.bind(step).bind(bucket_of_second(minute, step)).bind(static_cast<std::int64_t>(kind)).bind(key);
            for (const std::uint64_t number : {sums.flows, sums.packets, sums.bytes}) add_.bind(as_number(number));
            if (auto done = add_.bind(now).run(); !done) return done;
        }
    }
    minutes_.clear();
    for (Hour& hour : hours_)
        if (auto written = write(hour); !written) return written;
    return {};
}

void Rollups::forget() {
    minutes_.clear();
    hours_.clear();  // Read again when they are needed.
}

base::Result<void> Rollups::expire(std::int64_t stored) {
    auto expire = database_.prepare("DELETE FROM rollups WHERE step = 60 AND stored < ?");
    if (!expire) return expire.error();
    return expire->bind(stored).run();
}

}  // namespace flowsift::store
