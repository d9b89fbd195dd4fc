// TcpState: as much of a TCP connection as tells when it closes and when its ports are used again.
//
// A mutual FIN and the final ACK (one that covers the second FIN, from its receiver) or a RST closes (RFC 9293 sections
// 3.6 and 3.10). Works with packets of either direction lost or out of order. A plain value in the flow's record.
#pragma once

#include <array>
#include <cstdint>

#include "decode/packet.h"
#include "flow/direction.h"

namespace flowsift::flow {

enum class TcpEvent : std::uint8_t { kNone, kFinished, kReset };

class TcpState {
  public:
    /// Takes in a packet's header. Tells the event in every packet from the one that completes it on.
    TcpEvent observe(const decode::Packet& packet, Direction direction) {
        using namespace decode;
        if (packet.has_flag(tcp_flag::kRst)) return TcpEvent::kReset;
        Side& side = sides_[direction];
        if (packet.has_flag(tcp_flag::kSyn) && !side.has_syn) {
            side.has_syn = true;
            side.syn_sequence = packet.tcp_sequence;
        }
        if (packet.has_flag(tcp_flag::kAck)) acknowledge(side, packet.tcp_acknowledgement);
        if (packet.has_flag(tcp_flag::kFin) && !side.has_fin) finish(packet, direction);
        return is_finished() ? TcpEvent::kFinished : TcpEvent::kNone;
    }

    /// Whether this is a SYN without ACK whose sequence number differs from that sender's earlier SYN.
    bool is_reuse(const decode::Packet& packet, Direction direction) const {
        const Side& side = sides_[direction];
        return is_first_syn(packet) && side.has_syn && side.syn_sequence != packet.tcp_sequence;
    }

    /// Each side has acknowledged the other: a handshake, if it was seen, is complete.
    bool both_acknowledged() const { return sides_[kForward].has_ack && sides_[kBackward].has_ack; }

    /// SYN without ACK: only the opener of a connection sends it.
    static bool is_first_syn(const decode::Packet& packet) {
        constexpr std::uint8_t kBoth = decode::tcp_flag::kSyn | decode::tcp_flag::kAck;
        return (packet.tcp_flags & kBoth) == decode::tcp_flag::kSyn;
    }

    /// The second step of the handshake: its sender was called by its receiver.
    static bool is_syn_ack(const decode::Packet& packet) {
        constexpr std::uint8_t kBoth = decode::tcp_flag::kSyn | decode::tcp_flag::kAck;
        return (packet.tcp_flags & kBoth) == kBoth;
    }

  private:
    struct Side {
        std::uint32_t syn_sequence = 0;
        std::uint32_t fin_end = 0;       ///< The acknowledgement number that covers this side's FIN.
        std::uint32_t acknowledged = 0;  ///< The farthest that this side has acknowledged.
        bool has_syn = false;
        bool has_fin = false;
        bool has_ack = false;
        bool was_second = false;  ///< Its FIN came after the other side's.
    };

    /// Serial number arithmetic (RFC 9293 section 3.4).
    static bool is_at_or_after(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) >= 0; }

    static void acknowledge(Side& side, std::uint32_t number) {
        if (!side.has_ack || is_at_or_after(number, side.acknowledged)) side.acknowledged = number;
        side.has_ack = true;
    }

    void finish(const decode::Packet& packet, Direction direction) {
        Side& side = sides_[direction];
        const std::uint32_t syn_length = packet.has_flag(decode::tcp_flag::kSyn) ? 1 : 0;
        side.fin_end = packet.tcp_sequence + packet.payload_length + syn_length + 1;
        side.has_fin = true;
        side.was_second = sides_[opposite(direction)].has_fin;
    }

    bool is_finished() const {
        return covers_second_fin(sides_[kForward], sides_[kBackward]) ||
               covers_second_fin(sides_[kBackward], sides_[kForward]);
    }

    static bool covers_second_fin(const Side& receiver, const Side& sender) {
        return sender.was_second && receiver.has_ack && is_at_or_after(receiver.acknowledged, sender.fin_end);
    }

    std::array<Side, 2> sides_;
};

}  // namespace flowsift::flow
