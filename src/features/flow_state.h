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

struct FlowState : flow::FlowRecord {
    /// Of the packets of one direction.
    struct Side {
        std::int64_t last = 0;    ///< Microseconds; of the last packet.
        Spread<NarrowSum> gaps;   ///< Microseconds between consecutive packets.
        Spread<WideSum> payload;  ///< Bytes.
        std::uint64_t header_bytes = 0;
        std::uint32_t data_packets = 0;  ///< With a payload.
        std::uint16_t least_header = 0xffff;
        std::uint16_t first_window = 0;
        std::array<std::uint32_t, 8> flag_counts{};  ///< By bit number of the TCP flag.
    };

    std::array<Side, 2> sides;       ///< By Direction.
    Spread<NarrowSum> gaps;          ///< Microseconds between consecutive packets of the flow.
    std::uint32_t subflow_gaps = 0;  ///< Gaps over 1 s.
    std::uint32_t idle_gaps = 0;     ///< Gaps over 5 s.
    BulkMeter bulk;
    std::int64_t active_start = 0;  ///< Microseconds; where the period of activity began.
    Spread<NarrowSum> active;       ///< Lengths of the periods that an idle gap has ended.
    Spread<NarrowSum> idle;         ///< Lengths of the gaps over 5 s.

    /// Takes in the flow's next packet. See flow/assembler.h for what the record holds meanwhile.
    void add(const decode::Packet& packet, flow::Direction direction, base::Nanoseconds time);

    std::int64_t first_microsecond() const { return base::floor_to_microseconds(first); }
    std::int64_t last_microsecond() const { return base::floor_to_microseconds(last); }
    std::uint64_t duration() const { return static_cast<std::uint64_t>(last_microsecond() - first_microsecond()); }

    std::uint64_t flag_count(flow::Direction direction, std::uint8_t flag) const {
        return sides[direction].flag_counts[static_cast<std::size_t>(std::countr_zero(flag))];
    }

  private:
    void add_gap(std::int64_t now);
};

}  // namespace flowsift::features
