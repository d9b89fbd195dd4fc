// Detector: turns ended flows into verdicts and, where policy says so, alerts. One per worker; allocates nothing per
// flow.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "detect/class_info.h"
#include "features/flow_meter.h"
#include "model/model.h"

namespace flowsift::detect {

struct Policy {
    double alert_probability = 0.5;  ///< Alert when a class other than BENIGN is the most probable with at least this.
};

/// Receives verdicts and alerts. Called on the detector's thread.
class VerdictListener {
  public:
    virtual ~VerdictListener() = default;
    /// For every flow.
    virtual void on_verdict(const features::FlowRow& row, const Verdict& verdict) = 0;
    /// After on_verdict of the same flow.
    virtual void on_alert(const Alert& alert) = 0;
};

struct DetectorCounters {
    std::uint64_t verdicts = 0;
    std::uint64_t alerts = 0;
    std::vector<std::uint64_t> flows_by_class;  ///< By class index of the model; sums to verdicts.
    std::vector<std::uint64_t> alerts_by_class;
};

/// The most probable class of a row. `row`: float32 values in the model's schema order, rounded as in dataset::Table;
/// `probabilities`: room for one per class, viewed by the verdict.
Verdict judge(const model::Model& model, std::span<const float> row, std::span<float> probabilities);

class Detector : public features::FlowListener {
  public:
    /// `row_schema`: of the rows that will come; holds every feature of the model. `model` and `listener` must outlive
    /// the detector; `capture` names the source in alerts.
    Detector(const model::Model& model, const features::Schema& row_schema, const Policy& policy, std::string capture,
             VerdictListener& listener);

    void on_flow_ended(const features::FlowRow& row) override;

    const DetectorCounters& counters() const { return counters_; }

  private:
    bool is_alarming(const Verdict& verdict) const;
    void alert(const features::FlowRow& row, const Verdict& verdict);

    const model::Model& model_;
    Policy policy_;
    std::string capture_;
    VerdictListener& listener_;
    int benign_class_;
    std::vector<ClassInfo> classes_;
    std::vector<std::size_t> columns_;  ///< Where each feature of the model stands in a row that comes.
    std::vector<float> row_;
    std::vector<float> probabilities_;
    DetectorCounters counters_;
};

}  // namespace flowsift::detect
