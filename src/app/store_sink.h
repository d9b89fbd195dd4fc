// StoreSink: the store as one of the outputs. Tells the gate which alerts are on disk, so that the others may show
// them. Called by the thread of its queue.
#pragma once

#include <memory>

#include "output/alert_gate.h"
#include "output/sink.h"
#include "store/writer.h"

namespace flowsift::app {

class StoreSink final : public output::Sink {
  public:
    /// `gate` must outlive the sink. `keeps_values`: the writer wants those of the rows.
    StoreSink(std::unique_ptr<store::Writer> writer, bool keeps_values, output::AlertGate& gate)
        : writer_(std::move(writer)), keeps_values_(keeps_values), gate_(gate) {}

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override {
        writer_->add_flow(row.identity, row.attributes, verdict, row.values);
    }
    void on_alert(const detect::Alert& alert) override { writer_->add_alert(alert); }
    void on_episode(const detect::Episode& episode) override { writer_->add_episode(episode); }
    output::FlowUse flow_use() const override {
        return keeps_values_ ? output::FlowUse::kRow : output::FlowUse::kIdentity;
    }
    void flush() override {
        writer_->tend();
        gate_.let_pass(writer_->settled_alert());
    }
    base::Result<void> finish() override {
        base::Result<void> finished = writer_->finish();
        gate_.open();
        return finished;
    }
    std::uint64_t lost() const override { return writer_->lost(); }

  private:
    std::unique_ptr<store::Writer> writer_;
    bool keeps_values_;
    output::AlertGate& gate_;
};

}  // namespace flowsift::app
