// FlowSummary: the statistics of a flow that several features show, formed once for a row.
#pragma once

#include <array>

#include "features/flow_state.h"

namespace flowsift::features {

class FlowSummary {
  public:
    explicit FlowSummary(const FlowState& flow)
        : lengths{Summary(lengths_of(flow, flow::kForward)), Summary(lengths_of(flow, flow::kBackward))},
          all_lengths(lengths_of(flow, flow::kForward).with(lengths_of(flow, flow::kBackward))),
          gaps{Summary(gaps_of(flow, flow::kForward)), Summary(gaps_of(flow, flow::kBackward))},
          all_gaps(flow.gaps.of(gaps_among(flow.total_packets()))),
          active(flow.active.of(flow.idle_gaps).with(flow.duration() - flow.active_start)),
          idle(flow.idle.of(flow.idle_gaps)),
          seconds(flow.duration() / 1e6) {}

    std::array<Summary, 2> lengths;  ///< Payload bytes of the packets of each Direction …
    Summary all_lengths;             ///< … and of all packets.
    std::array<Summary, 2> gaps;     ///< Microseconds between the packets of each Direction …
    Summary all_gaps;                ///< … and between all packets.
    Summary active;                  ///< Periods of activity, the open one included; microseconds.
    Summary idle;                    ///< Gaps over 5 s; microseconds.
    double seconds;                  ///< Duration.

  private:
    static std::uint64_t gaps_among(std::uint64_t packets) { return packets > 0 ? packets - 1 : 0; }

    static Statistics lengths_of(const FlowState& flow, flow::Direction direction) {
        return flow.sides[direction].payload.of(flow.packets[direction]);
    }
    static Statistics gaps_of(const FlowState& flow, flow::Direction direction) {
        return flow.sides[direction].gaps.of(gaps_among(flow.packets[direction]));
    }
};

}  // namespace flowsift::features
