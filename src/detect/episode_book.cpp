#include "detect/episode_book.h"

#include <algorithm>
#include <array>
#include <bit>

namespace flowsift::detect {
namespace {

using Halves = std::array<std::uint64_t, 2>;

std::uint64_t packets_of(const flow::FlowIdentity& flow) {
    return flow.forward_packets + flow.backward_packets;
}

std::uint64_t bytes_of(const flow::FlowIdentity& flow) {
    return flow.forward_wire_bytes + flow.backward_wire_bytes;
}

}  // namespace

EpisodeBook::EpisodeBook(base::Nanoseconds quiet_time, EpisodeListener& listener, const Limits& limits)
    : quiet_time_(quiet_time),
      listener_(listener),
      limits_(limits),
      episodes_(limits.open + 1),
      anchors_(2 * limits.open),
      peers_(limits.peers),
      live_flows_(limits.live_flows) {
    free_.reserve(limits.open);
    for (std::size_t place = limits.open; place > 0; --place) free_.push_back(static_cast<std::uint32_t>(place));
}

void EpisodeBook::advance(base::Nanoseconds now) {
    now_ = std::max(now_, now);
    for (std::uint32_t oldest = episodes_[0].next; oldest != 0; oldest = episodes_[0].next) {
        OpenEpisode& open = episodes_[oldest];
        if (now_ - open.quiet_since <= quiet_time_) return;
        if (open.live_flows == 0) {
            end(oldest);
            continue;
        }
        unlink(oldest);
        append(oldest);
    }
}

OpenEpisode& EpisodeBook::add(const Alarm& alarm) {
    advance(alarm.flow.last);
    const std::uint64_t key = flow_key(alarm.flow);
    LiveFlow* known = live_flows_.find(key);
    const std::uint32_t place = place_of(alarm, known);
    OpenEpisode& open = episodes_[place];
    if (known && known->serial != open.serial) {  // It was another class before, or that episode had to end.
        release(*known);
        live_flows_.erase(key);
        known = nullptr;
    }
    count(open, alarm, known);
    track(place, alarm, key, known);
    unlink(place);
    append(place);
    return open;
}

std::uint64_t EpisodeBook::forget(const flow::FlowIdentity& flow) {
    if (live_flows_.size() == 0) return 0;
    const std::uint64_t key = flow_key(flow);
    const LiveFlow* known = live_flows_.find(key);
    if (!known) return 0;
    const OpenEpisode& open = episodes_[known->place];
    const std::uint64_t number = open.serial == known->serial ? open.episode.number : 0;
    release(*known);
    live_flows_.erase(key);
    return number;
}

void EpisodeBook::finish() {
    while (episodes_[0].next != 0) end(episodes_[0].next);
}

/// Of a flow of one run: ends, VLAN, tunnel and first packet.
std::uint64_t EpisodeBook::flow_key(const flow::FlowIdentity& flow) const {
    const auto source = std::bit_cast<Halves>(flow.source);
    const auto destination = std::bit_cast<Halves>(flow.destination);
    const std::uint64_t ends = std::uint64_t{flow.source_port} << 32 | std::uint64_t{flow.destination_port} << 16 |
                               std::uint64_t{flow.protocol};
    const std::uint64_t around = std::uint64_t{flow.vlan} << 32 | flow.tunnel_id;
    return base::siphash13(key_, std::array{source[0], source[1], destination[0], destination[1], ends, around,
                                            static_cast<std::uint64_t>(flow.first)});
}

/// `owner`: a class, or the serial of an episode.
std::uint64_t EpisodeBook::address_key(std::uint64_t owner, Side side, const base::IpAddress& address) const {
    const auto halves = std::bit_cast<Halves>(address);
    return base::siphash13(key_, std::array{owner, static_cast<std::uint64_t>(side), halves[0], halves[1]});
}

std::uint32_t EpisodeBook::place_of(const Alarm& alarm, const LiveFlow* known) {
    if (known && episodes_[known->place].serial == known->serial &&
        episodes_[known->place].episode.class_index == alarm.class_index)
        return known->place;
    if (const auto* place = anchors_.find(address_key(alarm.class_index, Side::kSource, alarm.flow.source)))
        return *place;
    if (const auto* place = anchors_.find(address_key(alarm.class_index, Side::kTarget, alarm.flow.destination)))
        return *place;
    return open(alarm);
}

std::uint32_t EpisodeBook::open(const Alarm& alarm) {
    if (free_.empty()) {
        ++counters_.ended_early;
        end(episodes_[0].next);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    OpenEpisode& open = episodes_[place];
    open = OpenEpisode{};
    open.serial = ++last_serial_;
    open.episode.class_index = alarm.class_index;
    open.episode.flow = alarm.flow;
    open.episode.first_seen = alarm.flow.first;
    open.episode.last_seen = alarm.flow.last;
    anchors_.insert(address_key(alarm.class_index, Side::kSource, alarm.flow.source), place);
    anchors_.insert(address_key(alarm.class_index, Side::kTarget, alarm.flow.destination), place);
    append(place);
    ++counters_.opened;
    return place;
}

/// `known`: what the episode's sums hold of this flow already.
void EpisodeBook::count(OpenEpisode& open, const Alarm& alarm, LiveFlow* known) {
    Episode& episode = open.episode;
    episode.first_seen = std::min(episode.first_seen, alarm.flow.first);
    episode.last_seen = std::max(episode.last_seen, alarm.flow.last);
    episode.probability = std::max(episode.probability, alarm.probability);
    episode.packets += packets_of(alarm.flow) - (known ? known->packets : 0);
    episode.bytes += bytes_of(alarm.flow) - (known ? known->bytes : 0);
    if (known) return;
    ++episode.flows;
    count_peer(open, Side::kSource, alarm.flow.source);
    count_peer(open, Side::kTarget, alarm.flow.destination);
}

void EpisodeBook::count_peer(OpenEpisode& open, Side side, const base::IpAddress& address) {
    std::uint32_t& distinct = side == Side::kSource ? open.episode.sources : open.episode.targets;
    const std::uint64_t key = address_key(open.serial, side, address);
    if (distinct > 0 && peers_.find(key)) return;
    if (distinct >= limits_.peers_each || !peers_.insert(key, {open.latest_peer})) {
        (side == Side::kSource ? open.episode.has_more_sources : open.episode.has_more_targets) = true;
        ++counters_.uncounted_peers;
        return;
    }
    open.latest_peer = key;
    ++distinct;
}

void EpisodeBook::track(std::uint32_t place, const Alarm& alarm, std::uint64_t key, LiveFlow* known) {
    if (!alarm.is_live) return;  // forget() comes next.
    const LiveFlow now = {place, episodes_[place].serial, packets_of(alarm.flow), bytes_of(alarm.flow)};
    if (known) {
        *known = now;
    } else if (live_flows_.insert(key, now)) {
        ++episodes_[place].live_flows;
    } else {
        ++counters_.untracked_flows;
    }
}

void EpisodeBook::release(const LiveFlow& flow) {
    OpenEpisode& open = episodes_[flow.place];
    if (open.serial == flow.serial) --open.live_flows;
}

void EpisodeBook::end(std::uint32_t place) {
    OpenEpisode& open = episodes_[place];
    open.episode.is_open = false;
    ++counters_.ended;
    listener_.on_ended(open, now_);
    const flow::FlowIdentity& first = open.episode.flow;
    anchors_.erase(address_key(open.episode.class_index, Side::kSource, first.source));
    anchors_.erase(address_key(open.episode.class_index, Side::kTarget, first.destination));
    while (open.latest_peer != 0) {
        const std::uint64_t key = open.latest_peer;
        open.latest_peer = peers_.find(key)->earlier;
        peers_.erase(key);
    }
    unlink(place);
    open.serial = 0;
    free_.push_back(place);
}

/// As the one that is quiet for the shortest time.
void EpisodeBook::append(std::uint32_t place) {
    OpenEpisode& head = episodes_[0];
    OpenEpisode& open = episodes_[place];
    open.quiet_since = now_;
    open.previous = head.previous;
    open.next = 0;
    episodes_[head.previous].next = place;
    head.previous = place;
}

void EpisodeBook::unlink(std::uint32_t place) {
    const OpenEpisode& open = episodes_[place];
    episodes_[open.previous].next = open.next;
    episodes_[open.next].previous = open.previous;
}

}  // namespace flowsift::detect
