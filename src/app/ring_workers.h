// RingWorkers: live capture by several threads. Each worker reads a ring of one fanout group, decodes what it brings
// and assembles the flows of its share of the hosts; the caller's thread puts what they tell in order and hands rows
// over.
//
// Rows are those of one thread, in the same order, as long as nothing is lost and the memory cap evicts nothing: each
// worker has an equal part of the cap. Packets of one flow that come by different rings (in tunnels) meet at the flow's
// worker, in the order of time (app/packet_exchange.h). Only decoded packets of tunnels and events of flows cross from
// one thread to another, over bounded queues: if the caller is slow the workers wait, and the kernel drops and counts.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "app/account.h"
#include "capture/capture_writer.h"
#include "capture/host_spread.h"
#include "capture/packet_source.h"
#include "features/flow_meter.h"

namespace flowsift::app {

class RingWorkers {
  public:
    struct Options {
        features::FlowMeter::Options meter = {};
        decode::Options decoding = {};
        capture::HostSpread spread;                  ///< As the rings have it.
        capture::CaptureWriter* recorder = nullptr;  ///< Keeps every frame; of one ring only.
    };

    /// One worker for each of `rings`, at least one. They begin at once. `listener`: called in serve().
    RingWorkers(std::vector<std::unique_ptr<capture::PacketSource>> rings, const Options& options,
                const features::Schema& schema, features::FlowListener& listener);
    ~RingWorkers();  ///< Stops and waits.

    /// Hands over rows as they come, for so long at most. False: all rings have ended, and every flow has been told.
    bool serve(std::chrono::milliseconds longest);

    /// What the rings hold is still read. Any thread.
    void stop();

    /// Everything before this moment of the capture's clock has been handed over; INT64_MIN: nothing has come yet.
    base::Nanoseconds told_until() const;

    /// Adds what each worker has done, as of its latest batch; complete when serve() has returned false.
    void add_to(Account& account) const;
    capture::SourceStatistics statistics() const;  ///< Of all rings.

    /// After the end: nullptr, or why a ring ended by itself.
    const base::Error* damage() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace flowsift::app
