// EveWriter: the events of EveText (eve_text.h) as lines of a file. Called by one thread.
#pragma once

#include <memory>
#include <string>

#include "output/eve_text.h"
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

    void on_flow(const features::FlowRow& row, const detect::Verdict*) override {
        if (with_flows_) write(text_.flow(row));
    }
    void on_alert(const detect::Alert& alert) override { write(text_.alert(alert)); }
    void on_episode(const detect::Episode& episode) override { write(text_.episode(episode)); }
    void on_notice(const detect::Notice& notice) override { write(text_.notice(notice)); }
    void on_statistics(const RunStatistics& statistics) override { write(text_.statistics(statistics)); }
    FlowUse flow_use() const override { return with_flows_ ? FlowUse::kIdentity : FlowUse::kNone; }
    void flush() override { file_->flush(); }
    void reopen() override { file_->reopen(); }
    base::Result<void> finish() override { return file_->finish(); }
    std::uint64_t lost() const override { return file_->lost_lines(); }

  private:
    EveWriter(std::unique_ptr<RotatingFile> file, const Options& options);

    void write(std::string_view event);

    std::unique_ptr<RotatingFile> file_;
    bool with_flows_;
    EveText text_;
    std::string line_;  ///< Kept for its capacity.
};

}  // namespace flowsift::output
