// TcpMeter: how well a TCP connection goes: round trips of its handshake, segments that come again or late, closed
// windows, duplicate acknowledgements. As far as whoever stands between the two can tell from the headers.
//
// Of fixed size, whatever the segments; sequence numbers are compared by serial arithmetic (RFC 9293 section 3.4), so
// that they may wrap around. The accumulator of the `tcp` group, on the thread that assembles the flow.
#pragma once

#include <array>
#include <cstdint>

#include "decode/packet.h"
#include "flow/direction.h"

namespace flowsift::features {

/// Sequence numbers below the highest seen that no segment has carried yet: the four latest runs of them.
class SequenceGaps {
  public:
    /// [begin, end), beyond all other gaps, was left out.
    void add(std::uint32_t begin, std::uint32_t end);

    /// [begin, end) has come. Returns whether some of it was missing.
    bool fill(std::uint32_t begin, std::uint32_t end);

    /// Gaps that begin farther than the largest window (RFC 7323 section 2.2) below `next` will not be filled.
    void forget_below(std::uint32_t next);

  private:
    struct Gap {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };

    std::array<Gap, 4> gaps_;  ///< In the order of their numbers.
    std::uint32_t count_ = 0;
};

class TcpMeter {
  public:
    /// Of the packets that one direction sent.
    struct Counts {
        std::uint32_t retransmissions = 0;
        std::uint32_t out_of_order = 0;
        std::uint32_t zero_windows = 0;
        std::uint32_t duplicate_acks = 0;
    };

    /// Takes in a packet of the flow; leaves alone what is not TCP, later fragments and RST. `microseconds`: its time.
    void add(const decode::Packet& packet, flow::Direction direction, std::int64_t microseconds);

    const Counts& counts(flow::Direction direction) const { return sides_[direction].counts; }

    /// Microseconds from the initiator's SYN to the SYN+ACK, from that to the ACK; 0 where not seen.
    std::uint32_t responder_round_trip() const { return handshake_.responder_round_trip; }
    std::uint32_t initiator_round_trip() const { return handshake_.initiator_round_trip; }

  private:
    struct Handshake {
        std::int64_t syn_time = 0;
        std::int64_t syn_ack_time = 0;
        std::uint32_t syn_begin = 0;
        std::uint32_t syn_end = 0;
        std::uint32_t syn_ack_begin = 0;
        std::uint32_t responder_round_trip = 0;
        std::uint32_t initiator_round_trip = 0;
        bool has_syn = false;
        bool has_syn_ack = false;
        bool is_over = false;

        void add(const decode::Packet& packet, flow::Direction direction, std::int64_t microseconds);
        void answer(const decode::Packet& syn_ack, std::int64_t microseconds);
    };

    /// What one direction has sent.
    struct Side {
        std::uint32_t next = 0;          ///< Beyond the highest sequence number seen.
        std::uint32_t acknowledged = 0;  ///< The highest acknowledgement.
        std::uint16_t window = 0;        ///< Of the last packet with ACK.
        bool has_next = false;
        bool has_acknowledged = false;
        SequenceGaps gaps;
        Counts counts;

        void acknowledge(const decode::Packet& packet);
        /// The segment's sequence numbers; `peer` receives it.
        void send(const decode::Packet& packet, const Side& peer);
        bool is_keep_alive(const decode::Packet& packet, const Side& peer) const;
        bool is_duplicate_ack(const decode::Packet& packet, const Side& peer) const;
    };

    std::array<Side, 2> sides_;  ///< By Direction.
    Handshake handshake_;
};

}  // namespace flowsift::features
