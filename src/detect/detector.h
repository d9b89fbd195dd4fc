// Detector: turns flows into verdicts, alarming verdicts into episodes and, where policy and budget say so, into
// alerts.
//
// Owned by the thread that the rows come on; tell_capture() may come from another. Allocates nothing per flow.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "detect/alert_budget.h"
#include "detect/class_info.h"
#include "detect/drift.h"
#include "detect/episode_book.h"
#include "detect/explainer.h"
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
    /// An episode opened. After on_live_verdict or on_verdict of the flow that made it be told.
    virtual void on_alert(const Alert& alert) = 0;
    /// It has twice the flows that it had when it was told last, and that was a second ago or more; or it has ended.
    virtual void on_episode(const Episode&) {}
    virtual void on_notice(const Notice&) {}
};

struct DetectorCounters {
    std::uint64_t verdicts = 0;                  ///< Of flows that have ended.
    std::uint64_t novel = 0;                     ///< Of the verdicts: unlike anything learnt from.
    std::uint64_t live_verdicts = 0;             ///< Of flows that went on.
    std::uint64_t alerts = 0;                    ///< Episodes that were told.
    std::uint64_t held_back = 0;                 ///< Episodes that had to wait for the budget …
    std::uint64_t told_late = 0;                 ///< … and of them, those that were told when it had room again.
    std::vector<std::uint64_t> flows_by_class;   ///< By class index of the model; sums to verdicts.
    std::vector<std::uint64_t> alerts_by_class;  ///< Likewise, and one more for flows of an unknown kind.
};

class Detector : public features::FlowListener, private EpisodeListener {
  public:
    struct Options {
        std::string capture = {};        ///< Names the source in alerts.
        std::uint64_t first_number = 1;  ///< Of alerts; where numbers go on over runs.
        EpisodeBook::Limits limits = {};
    };

    /// `row_schema`: of the rows that will come; holds every feature of the model. `policy`: of the model's classes.
    /// `model` and `listener` must outlive the detector.
    Detector(const model::Model& model, const features::Schema& row_schema, Policy policy, Options options,
             VerdictListener& listener);

    void on_flow_ended(const features::FlowRow& row) override;
    /// A flow that no stage of the model fits yet is not judged.
    void on_checkpoint(const features::FlowRow& row) override;

    /// From now on: a model of the same features in the same order, classes and schedule as the one before, which may
    /// go then, and a policy of its classes. Episodes go on, and so does what the budget has spent, unless it is
    /// another one.
    void replace(const model::Model& model, Policy policy);
    /// Another policy alone.
    void set_policy(Policy policy);

    /// The capture's clock where no rows come: ends what went quiet.
    void advance(base::Nanoseconds now);

    /// Ends all episodes. The last call.
    void finish() { book_.finish(); }

    /// What the capture has received and lost so far, for the alerts to come. Any thread.
    void tell_capture(const CaptureLoss& loss);

    const DetectorCounters& counters() const { return counters_; }
    const EpisodeCounters& episode_counters() const { return book_.counters(); }

  private:
    struct Joined {
        OpenEpisode* open = nullptr;  ///< Valid until the next call of the book's add() or advance().
        bool is_new = false;          ///< To be told now.
        bool is_live = false;         ///< By a flow that goes on.
    };

    void add_unknown_class();
    Verdict judge_row(std::uint64_t depth, const features::FlowRow& row);
    bool is_attack(const Verdict& verdict) const;
    std::optional<std::uint16_t> alarming_class(const features::FlowRow& row, const Verdict& verdict) const;
    Joined join(const features::FlowRow& row, Verdict& verdict, std::uint16_t class_index, bool is_live);
    void tell_joined(const features::FlowRow& row, const Verdict& verdict, const Joined& joined);
    bool may_tell(OpenEpisode& open, float probability);
    std::string_view label_of(std::size_t class_index) const;
    bool is_unknown(std::size_t class_index) const { return class_index == model_->classes.size(); }
    void open_alert(const features::FlowRow& row, const Verdict& verdict, OpenEpisode& open, bool is_live);
    void grow(OpenEpisode& open);
    void tell(OpenEpisode& open, base::Nanoseconds now);
    void on_ended(OpenEpisode& open, base::Nanoseconds now) override;

    const model::Model* model_;
    std::optional<Judge> judge_;
    Policy policy_;
    Options options_;
    VerdictListener& listener_;
    int benign_class_;
    std::vector<ClassInfo> classes_;    ///< And one more, for flows of an unknown kind, as in policy_.classes.
    std::vector<std::size_t> columns_;  ///< Where each feature of the model stands in a row that comes.
    std::vector<float> row_;
    std::vector<float> probabilities_;
    EpisodeBook book_;
    AlertBudget budget_;
    std::optional<Explainer> explainer_;
    std::optional<Drift> drift_;
    std::atomic<std::uint64_t> packets_received_ = 0, packets_dropped_ = 0;
    DetectorCounters counters_;
};

}  // namespace flowsift::detect
