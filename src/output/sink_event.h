// SinkEvent: one thing that a sink is told, copied, so that it can wait in a queue. Reused: keeps its capacity.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "output/sink.h"

namespace flowsift::output {

class SinkEvent {
  public:
    enum class Kind : std::uint8_t { kFlow, kLiveFlow, kAlert, kEpisode, kNotice, kStatistics };

    void set_flow(const features::FlowRow& row, const detect::Verdict* verdict);
    void set_live_flow(const features::FlowRow& row, const detect::Verdict& verdict);
    void set_alert(const detect::Alert& alert);
    void set_episode(const detect::Episode& episode);
    void set_notice(const detect::Notice& notice);
    void set_statistics(const RunStatistics& statistics);

    Kind kind() const { return kind_; }
    std::uint64_t alert_number() const { return alert_number_; }  ///< Of Kind::kAlert.

    /// Tells it, as if the giver had called the sink.
    void tell(Sink& sink) const;

  private:
    void set_row(const features::FlowRow& row);
    void set_verdict(const detect::Verdict* verdict);
    void set_attributes(const features::FlowAttributes* attributes);
    features::FlowRow row() const;
    detect::Verdict verdict() const;
    detect::Alert alert() const;
    detect::Episode episode() const;
    const features::FlowAttributes* attributes() const { return attributes_ ? &*attributes_ : nullptr; }

    Kind kind_ = Kind::kStatistics;
    flow::FlowIdentity identity_;
    std::vector<double> values_;
    std::optional<features::FlowAttributes> attributes_;
    std::uint8_t checkpoint_ = 0;
    bool has_verdict_ = false;
    detect::Verdict verdict_;  ///< Its probabilities are those below.
    std::vector<float> probabilities_;
    std::uint64_t alert_number_ = 0;
    detect::Severity severity_ = detect::Severity::kMedium;
    std::uint32_t signature_id_ = 0;
    bool is_unknown_ = false;
    std::string label_, technique_, category_, model_hash_, capture_;
    std::vector<detect::Reason> reasons_;  ///< Their names live as long as the catalogue.
    detect::CaptureLoss loss_;
    std::uint64_t depth_ = 0;
    detect::Episode episode_;  ///< Its texts are label_ and technique_.
    detect::Notice notice_;    ///< Its texts are subject_ and text_.
    std::string subject_, text_;
    RunStatistics statistics_;
};

}  // namespace flowsift::output
