// Sinks: hands every verdict and alert to all outputs of a run. Owned and called by one thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "detect/detector.h"
#include "output/sink.h"

namespace flowsift::app {

class Sinks : public detect::VerdictListener {
  public:
    /// Error: what opening the output says.
    base::Result<void> add(std::string_view kind, const output::SinkContext& context);

    void on_live_verdict(const features::FlowRow& row, const detect::Verdict& verdict) override;
    void on_verdict(const features::FlowRow& row, const detect::Verdict& verdict) override;
    void on_alert(const detect::Alert& alert) override;
    void on_episode(const detect::Episode& episode) override;
    void on_notice(const detect::Notice& notice) override;
    void on_statistics(const output::RunStatistics& statistics);
    void flush();

    /// Closes all; the first failure of any.
    base::Result<void> finish();

  private:
    std::vector<std::unique_ptr<output::Sink>> sinks_;
};

}  // namespace flowsift::app
