// Account: every frame of a run, by where it ended up. Adds up pipelines (one per capture) and closes the sums.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/pipeline.h"
#include "output/run_summary.h"

namespace flowsift::app {

class Account {
  public:
    /// Everything that was done with what `source` gave, from first to last packet. Call once per capture or ring, at
    /// its end, or again and again for the state of a running one on a fresh Account.
    void add(const FrameTally& tally, const capture::SourceStatistics& source);
    void add(const Pipeline& pipeline, const capture::SourceStatistics& source) { add(pipeline.tally(), source); }

    /// Totals, reasons and notes; classes are the detector's and left empty.
    output::RunSummary summary() const;

    /// What the user should know of this capture, each with what to do about it: a sentence or two.
    /// `interface`: where the packets came from, if from one.
    std::vector<std::string> warnings(std::string_view interface = "") const;

  private:
    output::RunStatistics totals_;
    std::array<std::uint64_t, decode::kOutcomeCount> outcomes_{};
    std::array<std::uint64_t, decode::kMarkCount> marks_{};
    std::array<std::uint64_t, flow::kEndReasonCount> ended_{};
    std::uint64_t late_packets_ = 0;
    struct {
        std::uint64_t clamped_timestamps = 0;
        std::uint64_t held_back_jumps = 0;
        std::uint64_t forgotten_hosts = 0;
        std::uint64_t filtered = 0;
        std::uint64_t ring_full = 0;
        features::AttributeCounters attributes;
    } notes_;
};

}  // namespace flowsift::app
