// The `tcp` group, plainly: sequence numbers are unwrapped to 64 bits, so that they compare as numbers do.
#include <algorithm>
#include <optional>
#include <utility>

#include "reference_features.h"

namespace flowsift::features::reference {
namespace {

using decode::Packet;
namespace tcp_flag = decode::tcp_flag;

constexpr std::int64_t kWindow = std::int64_t{1} << 30;

bool has(const Packet& packet, int flags) {
    return (packet.tcp_flags & flags) != 0;
}

/// Of the numbers that `wire` may stand for, the nearest to `near`.
std::int64_t unwrapped(std::uint32_t wire, std::int64_t near) {
    return near + static_cast<std::int32_t>(wire - static_cast<std::uint32_t>(near));
}

std::int64_t length_of(const Packet& packet) {
    const std::int64_t payload = std::min<std::int64_t>(packet.payload_length, 1 << 24);
    return payload + has(packet, tcp_flag::kSyn) + has(packet, tcp_flag::kFin);
}

struct Sender {
    std::optional<std::int64_t> next;
    std::vector<std::pair<std::int64_t, std::int64_t>> gaps;
    std::optional<std::int64_t> acknowledged;
    int window = -1;
    double retransmissions = 0, out_of_order = 0, zero_windows = 0, duplicate_acks = 0;
};

void take_gap(Sender& sender, std::int64_t begin, std::int64_t end) {
    sender.gaps.emplace_back(begin, end);
    if (sender.gaps.size() > 4) sender.gaps.erase(sender.gaps.begin());
}

/// Cuts [begin, end) out of the gaps; whether there was something to cut.
bool cut(Sender& sender, std::int64_t begin, std::int64_t end) {
    bool is_cut = false;
    for (const auto& [first, last] : std::exchange(sender.gaps, {})) {
        const std::int64_t from = std::clamp(begin, first, last), to = std::clamp(end, first, last);
        is_cut |= from < to;
        if (from == to) {
            take_gap(sender, first, last);
            continue;
        }
        if (first < from) take_gap(sender, first, from);
        if (to < last) take_gap(sender, to, last);
    }
    return is_cut;
}

void take_numbers(Sender& sender, const Sender& peer, const Packet& packet) {
    const std::int64_t length = length_of(packet);
    if (!sender.next) {
        sender.next = packet.tcp_sequence + length;
        return;
    }
    const std::int64_t begin = unwrapped(packet.tcp_sequence, *sender.next), end = begin + length;
    const bool is_known_to_peer =
        peer.acknowledged && static_cast<std::uint32_t>(*peer.acknowledged) == static_cast<std::uint32_t>(*sender.next);
    const bool is_keep_alive = packet.payload_length == 1 && length == 1 && end == *sender.next && is_known_to_peer;
    if (length == 0 || is_keep_alive) return;
    if (begin < *sender.next)
        (cut(sender, begin, end) ? sender.out_of_order : sender.retransmissions) += 1;
    else if (begin > *sender.next)
        take_gap(sender, *sender.next, begin);
    sender.next = std::max(*sender.next, end);
    while (!sender.gaps.empty() && *sender.next - sender.gaps.front().first > kWindow)
        sender.gaps.erase(sender.gaps.begin());
}

void take_acknowledgement(Sender& sender, const Sender& peer, const Packet& packet) {
    if (!has(packet, tcp_flag::kAck)) return;
    const std::uint32_t wire = packet.tcp_acknowledgement;
    const std::int64_t number = sender.acknowledged ? unwrapped(wire, *sender.acknowledged) : wire;
    const bool is_awaited = peer.next && unwrapped(wire, *peer.next) < *peer.next;
    const bool is_bare = packet.payload_length == 0 && !has(packet, tcp_flag::kSyn | tcp_flag::kFin);
    if (is_awaited && is_bare && sender.acknowledged == number && sender.window == packet.tcp_window)
        sender.duplicate_acks += 1;
    sender.acknowledged = std::max(sender.acknowledged.value_or(number), number);
    sender.window = packet.tcp_window;
}

/// Searches the packets for each step in turn.
std::pair<double, double> handshake(const std::vector<PlainPacket>& packets) {
    const PlainPacket *syn = nullptr, *syn_ack = nullptr, *first_syn_ack = nullptr;
    for (const PlainPacket& each : packets) {
        const Packet& packet = each.packet;
        const bool is_syn = has(packet, tcp_flag::kSyn), is_ack = has(packet, tcp_flag::kAck);
        if (each.is_forward && is_syn && !is_ack) {
            syn = &each;
            syn_ack = first_syn_ack = nullptr;
        } else if (!each.is_forward && is_syn && is_ack) {
            const std::int64_t begin = syn ? syn->packet.tcp_sequence : 0;
            const std::int64_t covered = unwrapped(packet.tcp_acknowledgement, begin) - begin;
            if (syn && (covered < 1 || covered > length_of(syn->packet))) continue;
            syn_ack = &each;
            if (!first_syn_ack) first_syn_ack = &each;
        } else if (each.is_forward && is_ack && !is_syn && syn_ack) {
            const std::int64_t begin = syn_ack->packet.tcp_sequence;
            if (unwrapped(packet.tcp_acknowledgement, begin) <= begin) continue;
            return {syn ? first_syn_ack->microseconds - syn->microseconds : 0,
                    each.microseconds - syn_ack->microseconds};
        }
    }
    return {syn && first_syn_ack ? first_syn_ack->microseconds - syn->microseconds : 0, 0};
}

bool counts(const PlainPacket& each) {
    return each.packet.protocol == decode::ip_protocol::kTcp && !each.packet.is_later_fragment &&
           !has(each.packet, tcp_flag::kRst);
}

}  // namespace

std::map<std::string, double> tcp_features_of(const std::vector<PlainPacket>& packets) {
    std::vector<PlainPacket> segments;
    std::copy_if(packets.begin(), packets.end(), std::back_inserter(segments), counts);
    Sender forward, backward;
    for (const PlainPacket& each : segments) {
        Sender& sender = each.is_forward ? forward : backward;
        const Sender& peer = each.is_forward ? backward : forward;
        if (each.packet.tcp_window == 0 && !has(each.packet, tcp_flag::kSyn | tcp_flag::kFin)) sender.zero_windows += 1;
        take_acknowledgement(sender, peer, each.packet);
        take_numbers(sender, peer, each.packet);
    }
    std::map<std::string, double> row;
    std::tie(row["Fwd Handshake RTT"], row["Bwd Handshake RTT"]) = handshake(segments);
    for (const auto& [prefix, sender] : {std::pair("Fwd ", &forward), std::pair("Bwd ", &backward)}) {
        row[std::string(prefix) + "Retransmissions"] = sender->retransmissions;
        row[std::string(prefix) + "Out Of Order"] = sender->out_of_order;
        row[std::string(prefix) + "Zero Windows"] = sender->zero_windows;
        row[std::string(prefix) + "Duplicate ACKs"] = sender->duplicate_acks;
    }
    return row;
}

}  // namespace flowsift::features::reference
