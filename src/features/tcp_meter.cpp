#include "features/tcp_meter.h"

#include <algorithm>

namespace flowsift::features {
namespace {

namespace tcp_flag = decode::tcp_flag;
using decode::Packet;

constexpr std::uint32_t kLargestWindow = 1u << 30;
/// No real segment comes near; keeps serial arithmetic meaningful for forged ones.
constexpr std::uint32_t kLongestSegment = 1u << 24;

bool is_before(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b) < 0;
}

/// SEG.LEN of RFC 9293: SYN and FIN take a number each.
std::uint32_t segment_length(const Packet& packet) {
    return std::min(packet.payload_length, kLongestSegment) + (packet.has_flag(tcp_flag::kSyn) ? 1 : 0) +
           (packet.has_flag(tcp_flag::kFin) ? 1 : 0);
}

}  // namespace

void SequenceGaps::add(std::uint32_t begin, std::uint32_t end) {
    if (count_ == gaps_.size()) {
        std::shift_left(gaps_.begin(), gaps_.end(), 1);
        --count_;
    }
    gaps_[count_++] = {begin, end};
}

bool SequenceGaps::fill(std::uint32_t begin, std::uint32_t end) {
    const SequenceGaps before = *this;
    bool has_filled = false;
    count_ = 0;
    for (std::uint32_t i = 0; i < before.count_; ++i) {
        const Gap& gap = before.gaps_[i];
        if (!is_before(begin, gap.end) || !is_before(gap.begin, end)) {
            add(gap.begin, gap.end);
            continue;
        }
        has_filled = true;
        if (is_before(gap.begin, begin)) add(gap.begin, begin);
        if (is_before(end, gap.end)) add(end, gap.end);
    }
    return has_filled;
}

void SequenceGaps::forget_below(std::uint32_t next) {
    while (count_ > 0 && next - gaps_[0].begin > kLargestWindow) {
        std::shift_left(gaps_.begin(), gaps_.end(), 1);
        --count_;
    }
}

void TcpMeter::add(const Packet& packet, flow::Direction direction, std::int64_t microseconds) {
    if (packet.protocol != decode::ip_protocol::kTcp || packet.is_later_fragment || packet.has_flag(tcp_flag::kRst))
        return;
    handshake_.add(packet, direction, microseconds);
    Side& side = sides_[direction];
    const Side& peer = sides_[opposite(direction)];
    if (packet.tcp_window == 0 && !packet.has_flag(tcp_flag::kSyn | tcp_flag::kFin)) ++side.counts.zero_windows;
    if (packet.has_flag(tcp_flag::kAck)) {
        if (side.is_duplicate_ack(packet, peer)) ++side.counts.duplicate_acks;
        side.acknowledge(packet);
    }
    side.send(packet, peer);
}

/// RFC 5681 section 2, conditions (a) to (e).
bool TcpMeter::Side::is_duplicate_ack(const Packet& packet, const Side& peer) const {
    const bool has_outstanding_data = peer.has_next && is_before(packet.tcp_acknowledgement, peer.next);
    return has_outstanding_data && packet.payload_length == 0 && !packet.has_flag(tcp_flag::kSyn | tcp_flag::kFin) &&
           has_acknowledged && packet.tcp_acknowledgement == acknowledged && packet.tcp_window == window;
}

void TcpMeter::Side::acknowledge(const Packet& packet) {
    if (!has_acknowledged || is_before(acknowledged, packet.tcp_acknowledgement))
        acknowledged = packet.tcp_acknowledgement;
    has_acknowledged = true;
    window = packet.tcp_window;
}

/// RFC 9293 section 3.8.4: a number that the peer has long had, sent while nothing else is outstanding.
bool TcpMeter::Side::is_keep_alive(const Packet& packet, const Side& peer) const {
    return packet.payload_length == 1 && segment_length(packet) == 1 && packet.tcp_sequence == next - 1 &&
           peer.has_acknowledged && peer.acknowledged == next;
}

void TcpMeter::Side::send(const Packet& packet, const Side& peer) {
    const std::uint32_t length = segment_length(packet);
    const std::uint32_t begin = packet.tcp_sequence, end = begin + length;
    if (!has_next) {
        has_next = true;
        next = end;
        return;
    }
    if (length == 0 || is_keep_alive(packet, peer)) return;
    if (is_before(begin, next)) {
        ++(gaps.fill(begin, end) ? counts.out_of_order : counts.retransmissions);
        if (!is_before(next, end)) return;
    } else if (begin != next) {
        gaps.add(next, begin);
    }
    next = end;
    gaps.forget_below(next);
}

void TcpMeter::Handshake::add(const Packet& packet, flow::Direction direction, std::int64_t microseconds) {
    if (is_over) return;
    const bool has_syn_flag = packet.has_flag(tcp_flag::kSyn), has_ack_flag = packet.has_flag(tcp_flag::kAck);
    if (direction == flow::kBackward) {
        if (has_syn_flag && has_ack_flag) answer(packet, microseconds);
    } else if (has_syn_flag && !has_ack_flag) {
        *this = {};
        has_syn = true;
        syn_time = microseconds;
        syn_begin = packet.tcp_sequence;
        syn_end = syn_begin + segment_length(packet);
    } else if (has_ack_flag && !has_syn_flag && has_syn_ack && is_before(syn_ack_begin, packet.tcp_acknowledgement)) {
        initiator_round_trip = static_cast<std::uint32_t>(microseconds - syn_ack_time);
        is_over = true;
    }
}

void TcpMeter::Handshake::answer(const Packet& syn_ack, std::int64_t microseconds) {
    const std::uint32_t number = syn_ack.tcp_acknowledgement;
    const bool covers_syn = is_before(syn_begin, number) && !is_before(syn_end, number);
    if (has_syn && !covers_syn) return;
    if (has_syn && !has_syn_ack) responder_round_trip = static_cast<std::uint32_t>(microseconds - syn_time);
    has_syn_ack = true;
    syn_ack_time = microseconds;
    syn_ack_begin = syn_ack.tcp_sequence;
}

}  // namespace flowsift::features
