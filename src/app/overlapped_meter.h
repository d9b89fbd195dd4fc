// OverlappedMeter: a FlowMeter on the caller's thread whose listener is served by a thread of its own: flows are
// assembled while rows are written. What two cores are best used for, since only rows cross from one to the other
// (docs/performance.md has what handing over packets or blocks of the file costs).
//
// The queue between them is bounded: whoever is ahead waits.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "base/bounded_queue.h"
#include "features/flow_event.h"
#include "features/flow_meter.h"

namespace flowsift::app {

class OverlappedMeter final : public features::PacketMeter, features::FlowListener {
  public:
    /// `listener` is called on a thread of the meter's own and must outlive the meter.
    OverlappedMeter(const features::FlowMeter::Options& options, const features::Schema& schema,
                    features::FlowListener& listener);
    ~OverlappedMeter() override;

    void add(std::span<const decode::Packet> packets) override { meter_.add(packets); }
    void tick(base::Nanoseconds now) override;
    void drain() override;
    void finish() override;
    features::MeterCounters counters() const override { return meter_.counters(); }
    std::size_t memory_bytes() const override { return meter_.memory_bytes(); }

  private:
    using Batch = std::unique_ptr<features::EventBatch>;

    // What meter_ tells, on the caller's thread.
    void on_flow_ended(const features::FlowRow& row) override { keep(row, features::EventKind::kEnded); }
    void on_checkpoint(const features::FlowRow& row) override { keep(row, features::EventKind::kCheckpoint); }

    void keep(const features::FlowRow& row, features::EventKind kind);
    void hand_over();
    void serve();

    features::FlowListener& listener_;
    Batch batch_;                       ///< Being filled.
    base::BoundedQueue<Batch> filled_;  ///< nullptr: no more will come.
    base::BoundedQueue<Batch> spares_;  ///< All others that go round.
    std::uint64_t given_ = 0;
    bool is_finished_ = false;
    std::mutex mutex_;  ///< Of served_.
    std::condition_variable has_served_;
    std::uint64_t served_ = 0;
    features::FlowMeter meter_;
    std::jthread thread_;
};

}  // namespace flowsift::app
