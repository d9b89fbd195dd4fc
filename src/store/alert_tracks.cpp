#include "store/alert_tracks.h"

#include <bit>
#include <cstring>

namespace flowsift::store {
namespace {

/// Twice the episodes that can be open: some that have ended may still be unwritten.
constexpr std::size_t kMostTracks = 8'192;

}  // namespace

void Timeline::add(base::Nanoseconds time) {
    if (flows.empty()) start = time - time % base::kSecond;
    // Times are hostile: their difference may not fit into an int64.
    const std::uint64_t seconds =
        time <= start ? 0 : (static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(start)) / base::kSecond;
    while (seconds / step >= kTimelineSteps) {
        step *= 2;
        for (std::size_t i = 0; i < flows.size(); ++i) {
            const std::uint32_t count = flows[i];
            flows[i] = 0;
            flows[i / 2] += count;
        }
        flows.resize((flows.size() + 1) / 2);
    }
    const std::size_t place = seconds / step;
    if (place >= flows.size()) flows.resize(place + 1);
    ++flows[place];
}

base::Result<void> AlertTracks::prepare() {
    auto prepared = database_.prepare(R"(
        INSERT INTO alert_tracks (alert, start, step, flows, peers) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET start = excluded.start, step = excluded.step, flows = excluded.flows,
            peers = excluded.peers)");
    if (!prepared) return prepared.error();
    keep_ = std::move(*prepared);
    return {};
}

void AlertTracks::add(std::uint64_t alert, const flow::FlowIdentity& flow) {
    auto [place, is_new] = tracks_.try_emplace(alert);
    Track& track = place->second;
    if (is_new) track.source = flow.source;
    track.timeline.add(flow.last);
    track.peers.add(flow.source == track.source ? flow.destination : flow.source, 1);
    track.is_changed = true;
    if (tracks_.size() > kMostTracks) tracks_.erase(tracks_.begin());
}

base::Result<void> AlertTracks::write() {
    for (auto& [alert, track] : tracks_) {
        if (!track.is_changed) continue;
        if (auto written = write(alert, track); !written) return written;
        track.is_changed = false;
    }
    return {};
}

base::Result<void> AlertTracks::write(std::uint64_t alert, const Track& track) {
    std::vector<std::uint8_t> flows(4 * track.timeline.flows.size());
    std::memcpy(flows.data(), track.timeline.flows.data(), flows.size());
    std::vector<std::uint8_t> peers;
    peers.reserve(kPeerBytes * track.peers.entries().size());
    for (const SpaceSaving::Entry& entry : track.peers.entries()) {
        peers.insert(peers.end(), entry.address.bytes.begin(), entry.address.bytes.end());
        const auto count = std::bit_cast<std::array<std::uint8_t, 8>>(entry.least());
        peers.insert(peers.end(), count.begin(), count.end());
    }
    keep_.bind(static_cast<std::int64_t>(alert))
        .bind(track.timeline.start)
        .bind(static_cast<std::int64_t>(track.timeline.step));
    return keep_.bind(std::span<const std::uint8_t>(flows)).bind(std::span<const std::uint8_t>(peers)).run();
}

}  // namespace flowsift::store
