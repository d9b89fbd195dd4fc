// Detector: turns ended flows into verdicts and, where policy says so, alerts. One per worker; allocates nothing per
// flow.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/siphash.h"
#include "detect/alert.h"
#include "detect/class_info.h"
#include "detect/judge.h"
#include "detect/policy.h"
#include "features/flow_meter.h"
#include "model/model.h"

namespace flowsift::detect {

/// Receives verdicts and alerts. Called on the detector's thread.
class VerdictListener {
  public:
    virtual ~VerdictListener() = default;
    /// Of a flow that goes on, at a stage of the model.
    virtual void on_live_verdict(const features::FlowRow&, const Verdict&) {}
    /// For every flow, when it has ended.
    virtual void on_verdict(const features::FlowRow& row, const Verdict& verdict) = 0;
    /// After on_live_verdict or on_verdict of the same flow; once per flow and class.
    virtual void on_alert(const Alert& alert) = 0;
};

struct DetectorCounters {
    std::uint64_t verdicts = 0;       ///< Of flows that have ended.
    std::uint64_t live_verdicts = 0;  ///< Of flows that went on.
    std::uint64_t alerts = 0;
    std::vector<std::uint64_t> flows_by_class;  ///< By class index of the model; sums to verdicts.
    std::vector<std::uint64_t> alerts_by_class;
};

class Detector : public features::FlowListener {
  public:
    /// `row_schema`: of the rows that will come; holds every feature of the model. `policy`: of the model's classes.
    /// `model` and `listener` must outlive the detector; `capture` names the source in alerts.
    Detector(const model::Model& model, const features::Schema& row_schema, Policy policy, std::string capture,
             VerdictListener& listener);

    void on_flow_ended(const features::FlowRow& row) override;
    /// A flow that no stage of the model fits yet is not judged.
    void on_checkpoint(const features::FlowRow& row) override;

    const DetectorCounters& counters() const { return counters_; }

  private:
    Verdict judge_row(std::uint64_t depth, const features::FlowRow& row);
    bool was_told(const features::FlowRow& row, const Verdict& verdict);
    bool is_alarming(const features::FlowRow& row, const Verdict& verdict) const;
    void alert(const features::FlowRow& row, const Verdict& verdict);

    const model::Model& model_;
    Judge judge_;
    Policy policy_;
    std::string capture_;
    VerdictListener& listener_;
    int benign_class_;
    std::vector<ClassInfo> classes_;
    std::vector<std::size_t> columns_;  ///< Where each feature of the model stands in a row that comes.
    std::vector<float> row_;
    std::vector<float> probabilities_;
    /// Alarmed flows that go on, with the class: so that the end of a flow does not repeat what its beginning told.
    std::unordered_map<std::uint64_t, std::uint16_t> alarmed_;
    base::HashKey alarmed_key_ = base::HashKey::random();
    DetectorCounters counters_;
};

}  // namespace flowsift::detect
