#include "reference_extractor.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "reference_features.h"
#include "reference_hosts.h"

namespace flowsift::features::reference {
namespace {

using base::Nanoseconds;
using decode::Packet;
using flow::EndReason;
namespace tcp_flag = decode::tcp_flag;
namespace ip_protocol = decode::ip_protocol;

struct TimedPacket {
    Packet packet;
    Nanoseconds time = 0;  ///< As the capture clock has it.
};

/// Years 1823 to 2116: beyond, no packet was ever captured.
Nanoseconds bounded(Nanoseconds stamp) {
    constexpr Nanoseconds kFarthest = (std::int64_t{1} << 62) - 1;
    return std::clamp(stamp, -kFarthest, kFarthest);
}

/// Gives each packet its time: never backwards, and a jump of over an hour only if the next packet confirms it (or if
/// there is none).
std::vector<TimedPacket> timed(const std::vector<Packet>& packets, Extraction& extraction) {
    constexpr Nanoseconds kHour = 3'600 * base::kSecond;
    std::vector<TimedPacket> result;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const Nanoseconds stamp = bounded(packets[i].timestamp);
        const Nanoseconds latest = result.empty() ? stamp : result.back().time;
        Nanoseconds time = stamp;
        bool is_glitch = false;
        if (stamp < latest) {
            time = latest;
        } else if (stamp - latest > kHour) {
            const bool is_last = i + 1 == packets.size();
            const Nanoseconds next = is_last ? stamp : bounded(packets[i + 1].timestamp);
            const bool is_confirmed = next - latest > kHour && next >= stamp - kHour;
            if (is_last || !is_confirmed) ++extraction.held_back_jumps;
            if (!is_confirmed) time = latest, is_glitch = true;
        }
        if (time != packets[i].timestamp && !is_glitch) ++extraction.clamped_timestamps;
        result.push_back({packets[i], time});
    }
    return result;
}

using End = std::tuple<base::IpAddress, std::uint16_t>;
using Key = std::tuple<End, End, int, std::uint32_t, std::uint32_t, int>;

bool is_icmp(const Packet& packet) {
    return packet.protocol == ip_protocol::kIcmp || packet.protocol == ip_protocol::kIcmpV6;
}
End source_of(const Packet& p) {
    return {p.source, is_icmp(p) ? std::uint16_t{0} : p.source_port};
}
End destination_of(const Packet& p) {
    return {p.destination, is_icmp(p) ? std::uint16_t{0} : p.destination_port};
}

Key key_of(const Packet& p) {
    const End a = source_of(p), b = destination_of(p);
    const int echo = is_icmp(p) && p.is_echo ? p.echo_identifier : -1;
    return {std::min(a, b), std::max(a, b), p.protocol, p.vlan, p.tunnel_id, echo};
}

bool is_syn_without_ack(const Packet& p) {
    return p.has_flag(tcp_flag::kSyn) && !p.has_flag(tcp_flag::kAck);
}
bool is_syn_ack(const Packet& p) {
    return p.has_flag(tcp_flag::kSyn) && p.has_flag(tcp_flag::kAck);
}

struct Flow {
    End initiator, responder;
    std::vector<TimedPacket> packets;
    std::vector<Packet> connection;  ///< The packets of the earlier cut pieces, then those of this flow.
    Nanoseconds connection_start = 0;
    std::optional<EndReason> closing;

    bool is_forward(const Packet& p) const { return source_of(p) == initiator; }
    Nanoseconds first() const { return packets.front().time; }
    Nanoseconds last() const { return packets.back().time; }
};

/// Both sides have sent FIN, and the receiver of the second one has acknowledged it.
bool is_finished(const Flow& flow) {
    const Packet* fin[2] = {nullptr, nullptr};  // First FIN of the initiator, of the responder.
    const Packet* second = nullptr;
    for (const Packet& p : flow.connection) {
        const int side = flow.is_forward(p) ? 0 : 1;
        if (!p.has_flag(tcp_flag::kFin) || fin[side] != nullptr) continue;
        fin[side] = &p;
        second = &p;
    }
    if (fin[0] == nullptr || fin[1] == nullptr) return false;
    const std::uint32_t end =
        second->tcp_sequence + second->payload_length + 1 + (second->has_flag(tcp_flag::kSyn) ? 1 : 0);
    // The farthest acknowledgement of the other side, by serial numbers.
    std::optional<std::uint32_t> acknowledged;
    for (const Packet& p : flow.connection) {
        if (flow.is_forward(p) == flow.is_forward(*second) || !p.has_flag(tcp_flag::kAck)) continue;
        const std::uint32_t number = p.tcp_acknowledgement;
        if (!acknowledged || static_cast<std::int32_t>(number - *acknowledged) >= 0) acknowledged = number;
    }
    return acknowledged && static_cast<std::int32_t>(*acknowledged - end) >= 0;
}

/// The sender's first packet with SYN in this connection.
const Packet* earlier_syn(const Flow& flow, const Packet& packet) {
    for (const Packet& p : flow.connection)
        if (p.has_flag(tcp_flag::kSyn) && !p.has_flag(tcp_flag::kRst) && source_of(p) == source_of(packet)) return &p;
    return nullptr;
}

/// What happened, and the row as it then stood, but for the context of its hosts.
struct Event {
    FlowEvent event;
    std::map<std::string, double> values;
};

class Extractor {
  public:
    Extractor(const AssemblyProfile& profile, const std::vector<Checkpoint>& checkpoints, Extraction& extraction)
        : profile_(profile), checkpoints_(checkpoints), extraction_(extraction) {}

    void add(const TimedPacket& timed) {
        now_ = timed.time;
        const Packet& packet = timed.packet;
        const Key key = key_of(packet);
        if (live_.contains(key)) {
            if (const auto reason = why_ended_before(live_[key], packet)) end(key, *reason);
        }
        if (live_.contains(key)) return append(live_[key], timed);

        const auto before = ended_.find(key);
        const bool follows = before != ended_.end() && now_ - before->second.last() <= profile_.idle_timeout &&
                             !packet.has_flag(tcp_flag::kSyn);
        if (follows && before->second.closing) {
            ++extraction_.late_packets;
            return;
        }
        Flow flow;
        flow.initiator = is_syn_ack(packet) ? destination_of(packet) : source_of(packet);
        flow.responder = is_syn_ack(packet) ? source_of(packet) : destination_of(packet);
        flow.connection_start = now_;
        if (follows) {
            flow.initiator = before->second.initiator;
            flow.responder = before->second.responder;
            flow.connection = before->second.connection;
            flow.connection_start = before->second.connection_start;
        }
        ended_.erase(key);
        live_[key] = flow;
        append(live_[key], timed);
    }

    void finish(bool with_hosts) {
        while (!live_.empty()) {
            const Key key = live_.begin()->first;
            const Flow& flow = live_[key];
            end(key, flow.closing.value_or(timeout(flow).value_or(EndReason::kShutdown)));
        }
        std::sort(events_.begin(), events_.end(), is_told_before);
        std::vector<FlowEvent> told;
        for (Event& each : events_) {
            told.push_back(each.event);
            if (each.event.kind == EventKind::kStarted) continue;
            if (with_hosts) each.values.merge(host_features_of(told));
            tell(each);
        }
    }

  private:
    void append(Flow& flow, const TimedPacket& timed) {
        flow.packets.push_back(timed);
        const Packet& packet = timed.packet;
        if (packet.protocol != ip_protocol::kTcp || packet.is_later_fragment || flow.closing) return;
        flow.connection.push_back(packet);
        if (packet.has_flag(tcp_flag::kRst))
            flow.closing = EndReason::kRst;
        else if (is_finished(flow))
            flow.closing = EndReason::kFin;
    }

    std::optional<EndReason> why_ended_before(const Flow& flow, const Packet& packet) const {
        if (const auto reason = timeout(flow)) return reason;
        if (!is_syn_without_ack(packet)) return std::nullopt;
        if (flow.closing) return flow.closing;
        const Packet* syn = earlier_syn(flow, packet);
        if (syn != nullptr && syn->tcp_sequence != packet.tcp_sequence) return EndReason::kReused;
        return std::nullopt;
    }

    /// Which limit has been passed by now; the one that was passed first.
    std::optional<EndReason> timeout(const Flow& flow) const {
        const bool is_idle = now_ - flow.last() > profile_.idle_timeout;
        const bool is_active = now_ - flow.first() > profile_.active_timeout;
        if (flow.closing) {
            const bool is_over = now_ - flow.last() > profile_.linger || is_active || is_idle;
            return is_over ? flow.closing : std::nullopt;
        }
        if (is_idle && is_active) {
            const Nanoseconds idle_at = flow.last() + profile_.idle_timeout;
            const Nanoseconds active_at = flow.first() + profile_.active_timeout;
            return active_at < idle_at ? EndReason::kActive : EndReason::kIdle;
        }
        if (is_idle) return EndReason::kIdle;
        if (is_active) return EndReason::kActive;
        return std::nullopt;
    }

    void end(const Key& key, EndReason reason) {
        const Flow flow = live_[key];
        live_.erase(key);
        const Nanoseconds time = timeout(flow) ? last_moment(flow) : now_;
        happen(flow, flow.first(), EventKind::kStarted, 1);
        for (std::size_t i = 0; i < checkpoints_.size(); ++i) reach(flow, i, time);
        happen(flow, time, EventKind::kEnded, flow.packets.size(), reason);
        if (flow.closing || reason == EndReason::kActive) ended_[key] = flow;
    }

    /// The last one at which the flow still lives.
    Nanoseconds last_moment(const Flow& flow) const {
        const Nanoseconds quiet = flow.closing ? profile_.linger : profile_.idle_timeout;
        return std::min(flow.last() + quiet, flow.first() + profile_.active_timeout);
    }

    /// The rows of one checkpoint of a flow that ends at `end`.
    void reach(const Flow& flow, std::size_t index, Nanoseconds end) {
        const Checkpoint& checkpoint = checkpoints_[index];
        if (checkpoint.packets > 0 && checkpoint.packets <= flow.packets.size())
            happen(flow, flow.packets[checkpoint.packets - 1].time, EventKind::kCheckpoint, checkpoint.packets,
                   EndReason::kShutdown, index);
        if (checkpoint.every == 0) return;
        Nanoseconds told = flow.first();  // The last multiple that was told.
        for (const TimedPacket& packet : flow.packets) {
            if (packet.time <= told && told > flow.first()) continue;
            Nanoseconds due = flow.first() + checkpoint.every;
            while (due < packet.time) due += checkpoint.doubles ? due - flow.first() : checkpoint.every;
            if (due > end) return;
            const auto has_come = [due](const TimedPacket& p) { return p.time <= due; };
            const auto count = std::count_if(flow.packets.begin(), flow.packets.end(), has_come);
            happen(flow, due, EventKind::kCheckpoint, static_cast<std::size_t>(count), EndReason::kShutdown, index);
            told = due;
        }
    }

    static bool is_told_before(const Event& a, const Event& b) {
        const auto order = [](const FlowEvent& event) {
            const FlowIdentity& f = event.identity;
            return std::tuple(event.time, f.first, f.source, f.destination, f.source_port, f.destination_port,
                              f.protocol, f.vlan, f.tunnel_id, f.last, f.forward_packets, f.backward_packets,
                              event.kind, event.checkpoint);
        };
        if (order(a.event) != order(b.event)) return order(a.event) < order(b.event);
        return row_of(a).values < row_of(b).values;
    }

    static CollectedFlow row_of(const Event& event) {
        CollectedFlow row{event.event.identity, {}};
        if (event.event.kind == EventKind::kCheckpoint) row.checkpoint = event.event.checkpoint;
        for (const Feature& feature : catalogue()) {
            const auto value = event.values.find(std::string(feature.name));
            row.values.push_back(value == event.values.end() ? 0 : value->second);
        }
        return row;
    }

    void tell(const Event& event) {
        extraction_.rows.push_back(row_of(event));
        if (event.event.kind == EventKind::kEnded) extraction_.flows.push_back(extraction_.rows.back());
    }

    /// As the flow stood with its first so many packets.
    void happen(const Flow& flow, Nanoseconds time, EventKind kind, std::size_t count,
                EndReason reason = EndReason::kShutdown, std::size_t checkpoint = 0) {
        const Packet& first = flow.packets.front().packet;
        Event happened;
        happened.event = {.time = time, .kind = kind, .checkpoint = static_cast<std::uint8_t>(checkpoint)};
        FlowIdentity& identity = happened.event.identity;
        std::tie(identity.source, identity.source_port) = flow.initiator;
        std::tie(identity.destination, identity.destination_port) = flow.responder;
        identity.protocol = first.protocol;
        identity.vlan = first.vlan;
        identity.tunnel_id = first.tunnel_id;
        if (is_icmp(first)) identity.icmp_type = first.icmp_type, identity.icmp_code = first.icmp_code;
        identity.first = flow.first();
        identity.last = flow.packets[count - 1].time;
        identity.end_reason = reason;
        std::vector<PlainPacket> plain;
        for (const auto& [packet, packet_time] : std::span(flow.packets).first(count)) {
            const bool is_forward = flow.is_forward(packet);
            ++(is_forward ? identity.forward_packets : identity.backward_packets);
            (is_forward ? identity.forward_wire_bytes : identity.backward_wire_bytes) += packet.wire_length;
            plain.push_back(plain_packet(packet, packet_time, is_forward));
            happened.event.payload_bytes += plain.back().payload;
        }
        happened.values = features_of(plain, base::floor_to_microseconds(flow.connection_start));
        happened.values["Src Port"] = identity.source_port;
        happened.values["Dst Port"] = identity.destination_port;
        happened.values["ICMP Code"] = identity.icmp_code;
        happened.values["ICMP Type"] = identity.icmp_type;
        happened.values.merge(early_features_of(plain));
        happened.values.merge(tcp_features_of(plain));
        events_.push_back(std::move(happened));
    }

    static PlainPacket plain_packet(const Packet& packet, Nanoseconds time, bool is_forward) {
        const bool is_tcp_or_udp = packet.protocol == ip_protocol::kTcp || packet.protocol == ip_protocol::kUdp;
        const bool has_payload = is_tcp_or_udp || packet.protocol == ip_protocol::kSctp;
        return {base::floor_to_microseconds(time),
                is_forward,
                packet.protocol,
                has_payload ? packet.payload_length : 0,
                is_tcp_or_udp ? packet.header_length : 0u,
                packet.tcp_flags,
                packet.tcp_window,
                packet};
    }

    AssemblyProfile profile_;
    std::vector<Checkpoint> checkpoints_;
    std::vector<Event> events_;
    Extraction& extraction_;
    Nanoseconds now_ = 0;
    std::map<Key, Flow> live_;
    std::map<Key, Flow> ended_;  ///< Closed or cut; outlives its use, since nothing here saves memory.
};

}  // namespace

Extraction extract(const std::vector<Packet>& packets, const AssemblyProfile& profile,
                   const std::vector<Checkpoint>& checkpoints, bool with_hosts) {
    Extraction extraction;
    Extractor extractor(profile, checkpoints, extraction);
    for (const TimedPacket& packet : timed(packets, extraction)) extractor.add(packet);
    extractor.finish(with_hosts);
    return extraction;
}

}  // namespace flowsift::features::reference
