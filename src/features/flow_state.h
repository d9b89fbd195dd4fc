// FlowState: the accumulators of one flow, from which the catalogue forms its features when the flow ends.
//
// Whole numbers only: sums do not depend on order. Times are whole microseconds, each timestamp floored first, as the
// CIC-IDS2017 data did. Lives in the assembler's slab; fixed size, hot fields first.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "features/bulk.h"
#include "features/spread.h"
#include "flow/flow_record.h"

namespace flowsift::features {

/// Moments within the flow are 32-bit: microseconds since its first packet, of which there are at most 4.2 x 10^9
/// (flow/assembler.h). Eight cache lines, so that a million live flows fit where memory is short.
struct alignas(64) FlowState : flow::FlowRecord {
    /// Of the packets of one direction.
    struct Side {
        Spread<NarrowSum> gaps;   ///< Microseconds between consecutive packets.
        Spread<WideSum> payload;  ///< Bytes.
        std::uint64_t header_bytes = 0;
        std::uint32_t last = 0;  ///< Moment of the last packet.
        std::uint16_t least_header = 0xffff;
        std::uint16_t first_window = 0;
        std::array<std::uint32_t, 8> flag_counts{};  ///< By bit number of the TCP flag.
    };

    std::uint32_t active_start = 0;  ///< Moment at which the period of activity began.
    std::array<Side, 2> sides;       ///< By Direction.
    Spread<NarrowSum> gaps;          ///< Microseconds between consecutive packets of the flow.
    BulkMeter bulk;
    std::uint32_t forward_data_packets = 0;  ///< With a payload.
    std::uint32_t subflow_gaps = 0;          ///< Gaps over 1 s.
    std::uint32_t idle_gaps = 0;             ///< Gaps over 5 s.
    Spread<NarrowSum> active;                ///< Lengths of the periods that an idle gap has ended, microseconds.
    Spread<NarrowSum> idle;                  ///< Lengths of the gaps over 5 s, microseconds.

    /// Takes in the flow's next packet. See flow/assembler.h for what the record holds meanwhile.
    void add(const decode::Packet& packet, flow::Direction direction, base::Nanoseconds time);

    /// Microseconds, like all moments.
    std::uint32_t duration() const { return moment(last); }

    std::uint64_t flag_count(flow::Direction direction, std::uint8_t flag) const {
        return sides[direction].flag_counts[static_cast<std::size_t>(std::countr_zero(flag))];
    }

  private:
    std::uint32_t moment(base::Nanoseconds time) const {
        return static_cast<std::uint32_t>(base::floor_to_microseconds(time) - base::floor_to_microseconds(first));
    }
    void add_gap(std::uint32_t now);
};

}  // namespace flowsift::features
