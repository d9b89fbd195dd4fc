// ParallelMeter: a meter of several threads. The caller's thread settles time and shares packets out by their flow's
// hash; each worker assembles the flows of its share; one more thread puts what they tell in order and hands rows over.
//
// Rows are those of a FlowMeter, in the same order, as long as the memory cap evicts nothing: each worker has an equal
// part of the cap. All queues are bounded; whoever is ahead waits.
//
// An epoch is the packets of one batch, shared out: every worker answers each epoch, if only with its watermark, so no
// thread can wait in a circle.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "features/flow_meter.h"

namespace flowsift::app {

class ParallelMeter final : public features::PacketMeter {
  public:
    /// `workers` >= 1. `listener` is called on a thread of the meter's own and must outlive the meter.
    ParallelMeter(const features::FlowMeter::Options& options, const features::Schema& schema, std::size_t workers,
                  features::FlowListener& listener);
    ~ParallelMeter() override;

    void add(std::span<const decode::Packet> packets) override;
    void tick(base::Nanoseconds now) override;
    void drain() override;
    void finish() override;
    features::MeterCounters counters() const override;
    std::size_t memory_bytes() const override;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// A FlowMeter where `workers` is 0, a OverlappedMeter where it is 1, a ParallelMeter otherwise.
std::unique_ptr<features::PacketMeter> make_meter(const features::FlowMeter::Options& options,
                                                  const features::Schema& schema, std::size_t workers,
                                                  features::FlowListener& listener);

inline constexpr std::size_t kMostWorkers = 256;

/// One thread reads and one writes; the other cores work, at least one of them. 0, all in one thread, on one core.
std::size_t default_workers();

}  // namespace flowsift::app
