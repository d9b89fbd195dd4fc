// LiveSink: verdicts, alerts and notices for the open pages: counted on the live board, told through the event hub.
// Stands behind a queue like every sink, so that no page can stall capture. Called by the thread of its queue.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "output/sink.h"
#include "serve/json_rows.h"

namespace flowsift::serve {

class EventHub;
class LiveBoard;

class LiveSink final : public output::Sink {
  public:
    static constexpr std::size_t kFlowsAtOnce = 20;
    static constexpr std::chrono::milliseconds kFlowsEvery{500};
    static constexpr std::size_t kMostAlerts = 4'096;  ///< Whose texts are remembered for what follows of them.

    /// Both must outlive it. `classes`: of the model, by class index.
    LiveSink(LiveBoard& board, EventHub& events, std::vector<std::string> classes);

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void on_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) override;
    void on_alert(const detect::Alert& alert) override;
    void on_episode(const detect::Episode& episode) override;
    void on_notice(const detect::Notice& notice) override;
    output::FlowUse flow_use() const override { return output::FlowUse::kIdentity; }
    void flush() override { tell_flows(); }
    base::Result<void> finish() override;

  private:
    struct Latest {
        store::StoredFlow flow;
        bool has_ended = true;
    };

    void keep(const features::FlowRow& row, const detect::Verdict* verdict, bool has_ended);
    void tell_flows();
    void tell_alert(std::string_view event, const store::StoredAlert& alert);

    LiveBoard& board_;
    EventHub& events_;
    std::vector<std::string> classes_;
    std::deque<Latest> latest_;  ///< Not yet told.
    std::chrono::steady_clock::time_point told_;
    std::map<std::uint64_t, store::StoredAlert> alerts_;
};

}  // namespace flowsift::serve
