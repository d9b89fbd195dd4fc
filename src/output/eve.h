// EveWriter: events as lines of JSON in the form of Suricata's EVE, so that whatever reads Suricata's reads flowsift's.
//
// Every event is valid against Suricata's published schema. That allows keys of one's own only in alert.metadata, so
// label, probability, reasons and all of the episode are there, as arrays of strings like Suricata's own. An episode
// that grew or ended is one more "alert" event, with another "episode_state" than "opened". Called by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/json.h"
#include "output/rotating_file.h"
#include "output/sink.h"

namespace flowsift::output {

class EveWriter final : public Sink {
  public:
    struct Options {
        std::string capture;      ///< File or interface that the packets come from.
        bool is_live = false;     ///< It is an interface: in_iface instead of pcap_filename.
        bool with_flows = false;  ///< A "flow" event for every flow as well.
        Rotation rotation = {};
    };

    /// `path`: "-" is standard output.
    static base::Result<std::unique_ptr<EveWriter>> open(const std::string& path, const Options& options);

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void on_alert(const detect::Alert& alert) override;
    void on_episode(const detect::Episode& episode) override;
    void on_notice(const detect::Notice& notice) override;
    void on_statistics(const RunStatistics& statistics) override;
    FlowUse flow_use() const override { return options_.with_flows ? FlowUse::kIdentity : FlowUse::kNone; }
    void flush() override { file_->flush(); }
    void reopen() override { file_->reopen(); }
    base::Result<void> finish() override { return file_->finish(); }
    std::uint64_t lost() const override { return file_->lost_lines(); }

  private:
    EveWriter(std::unique_ptr<RotatingFile> file, Options options);

    base::JsonWriter begin_event(std::string_view type, base::Nanoseconds time);
    void end_event(base::JsonWriter& json);

    std::unique_ptr<RotatingFile> file_;
    Options options_;
    std::string line_;  ///< The event being written; kept for its capacity.
};

}  // namespace flowsift::output
