// Metrics: the totals of a run as Prometheus reads them (text exposition format 0.0.4), from one table of metrics.
// MetricsBoard: where the capture's thread leaves them and the listener's finds them.
#pragma once

#include <mutex>
#include <string>

#include "output/sink.h"

namespace flowsift::serve {

/// Every metric with its help and type; those of outputs once per output, label `output`.
std::string render_metrics(const output::RunStatistics& statistics);

/// Any thread.
class MetricsBoard {
  public:
    void put(output::RunStatistics statistics);
    output::RunStatistics latest() const;

  private:
    mutable std::mutex mutex_;
    output::RunStatistics statistics_;
};

}  // namespace flowsift::serve
