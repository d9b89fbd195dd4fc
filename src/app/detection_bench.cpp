#include "app/detection_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "app/extraction.h"
#include "app/pipeline.h"
#include "app/stop_signal.h"
#include "capture/capture_file.h"
#include "capture/paced_source.h"
#include "detect/detector.h"

namespace flowsift::app {
namespace {

using Clock = std::chrono::steady_clock;
using Rule = std::optional<std::size_t>;

constexpr double kNever = std::numeric_limits<double>::infinity();

bool is_benign(const dataset::LabelRule& rule) {
    return rule.label == "BENIGN";
}

/// The times of each rule's first kNthPacket packets, whichever flow they are of.
class PacketTimes final : public CaptureListener {
  public:
    explicit PacketTimes(const dataset::LabelRules& rules) : rules_(rules), times_(rules.rules().size()) {}

    void on_capture(const std::string& name) override { capture_ = name; }
    void on_flow_ended(const features::FlowRow&) override {}
    void on_checkpoint(const features::FlowRow& row) override {
        const Rule rule = rules_.rule_of(capture_, row.identity);
        if (!rule) return;
        std::vector<base::Nanoseconds>& times = times_[*rule];
        times.insert(std::ranges::upper_bound(times, row.identity.last), row.identity.last);
        if (times.size() > kNthPacket) times.pop_back();
    }

    const std::vector<base::Nanoseconds>& of(std::size_t rule) const { return times_[rule]; }

  private:
    const dataset::LabelRules& rules_;
    std::string capture_;
    std::vector<std::vector<base::Nanoseconds>> times_;
};

base::Result<void> survey(const std::string& capture, const model::Model& model, PacketTimes& times) {
    std::vector<std::uint64_t> packets;
    for (std::uint64_t n = 1; n <= kNthPacket; ++n) packets.push_back(n);
    const auto extraction = extract_flows({capture},
                                          {.schema = {.name = "none"},
                                           .profile = *features::find_profile(model.profile),
                                           .checkpoints = features::checkpoints_after(packets)},
                                          times);
    if (!extraction) return extraction.error();
    return {};
}

/// Notes when each rule was first noticed, in time of the capture that has gone by since the replay's first batch.
class Stopwatch final : public detect::VerdictListener {
  public:
    Stopwatch(const dataset::LabelRules& rules, const detect::Policy& policy, int benign_class, std::string capture,
              double speed)
        : rules_(rules),
          policy_(policy),
          benign_class_(benign_class),
          capture_(std::move(capture)),
          speed_(speed),
          noticed_(rules.rules().size()) {}

    /// At the first batch, whose last packet is of this time.
    void start(base::Nanoseconds time) {
        if (started_) return;
        started_ = Clock::now();
        begin_ = time;
    }

    void on_live_verdict(const features::FlowRow& row, const detect::Verdict& verdict) override { see(row, verdict); }
    void on_verdict(const features::FlowRow& row, const detect::Verdict& verdict) override {
        const Rule rule = see(row, verdict);
        if (rule && is_benign(rules_.rules()[*rule])) {
            ++times_.benign_flows;
            times_.benign_flows_alarmed += is_alarming(verdict) ? 1 : 0;
        }
    }
    void on_alert(const detect::Alert& alert) override {
        const Rule rule = rules_.rule_of(capture_, alert.flow);
        ++times_.alerts;
        times_.false_alerts += rule && is_benign(rules_.rules()[*rule]) ? 1 : 0;
    }

    DetectionTimes finish(const PacketTimes& packets, base::Nanoseconds latest) {
        times_.capture_seconds = static_cast<double>(latest - begin_) / 1e9;
        for (std::size_t i = 0; i < noticed_.size(); ++i) {
            const dataset::LabelRule& rule = rules_.rules()[i];
            const std::vector<base::Nanoseconds>& first = packets.of(i);
            if (is_benign(rule) || first.empty()) continue;
            const bool is_slow = first.size() < kNthPacket || first.back() - first.front() > kSlowAfter;
            const base::Nanoseconds since = is_slow ? first.back() : first.front();
            const double seconds = noticed_[i] ? static_cast<double>(*noticed_[i] - since) / 1e9 : kNever;
            times_.attacks.push_back({rule.label, rule.note, is_slow, std::max(seconds, 0.0)});
        }
        return std::move(times_);
    }

  private:
    bool is_alarming(const detect::Verdict& verdict) const {
        return verdict.class_index != benign_class_ &&
               verdict.probability >= policy_.classes[verdict.class_index].threshold;
    }

    Rule see(const features::FlowRow& row, const detect::Verdict& verdict) {
        const Rule rule = rules_.rule_of(capture_, row.identity);
        if (rule && started_ && !noticed_[*rule] && is_alarming(verdict)) noticed_[*rule] = now();
        return rule;
    }

    base::Nanoseconds now() const {
        const double passed = std::chrono::duration<double, std::nano>(Clock::now() - *started_).count() * speed_;
        return begin_ + static_cast<base::Nanoseconds>(passed);
    }

    const dataset::LabelRules& rules_;
    const detect::Policy& policy_;
    int benign_class_;
    std::string capture_;
    double speed_;
    std::optional<Clock::time_point> started_;
    base::Nanoseconds begin_ = 0;
    std::vector<std::optional<base::Nanoseconds>> noticed_;
    DetectionTimes times_;
};

}  // namespace

double DetectionTimes::quantile(double share, bool is_slow) const {
    std::vector<double> seconds;
    for (const AttackTiming& attack : attacks)
        if (attack.is_slow == is_slow) seconds.push_back(attack.seconds);
    std::ranges::sort(seconds);
    const double place = share * static_cast<double>(seconds.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, seconds.size() - 1);
    if (std::isinf(seconds[above])) return place > static_cast<double>(below) ? kNever : seconds[below];
    return seconds[below] + (place - static_cast<double>(below)) * (seconds[above] - seconds[below]);
}

base::Result<DetectionTimes> time_detection(const std::string& capture, const dataset::LabelRules& rules,
                                            const model::Model& model, const detect::Policy& policy, double speed) {
    PacketTimes packets(rules);
    if (const auto surveyed = survey(capture, model, packets); !surveyed) return surveyed.error();
    auto opened = capture::open_capture(capture, "");
    if (!opened) return opened.error();
    const auto source = capture::paced(std::move(*opened), speed);

    const features::Schema schema = features::covering_schema(model.schema);
    Stopwatch stopwatch(rules, policy, model.benign_class(), source->name(), speed);
    detect::Detector detector(model, schema, policy, {.capture = source->name()}, stopwatch);
    features::FlowMeter meter(
        {.profile = *features::find_profile(model.profile), .with_attributes = true, .checkpoints = model.schedule},
        schema, detector);
    Pipeline pipeline(meter);
    pipeline.run(*source, {.after_batch = [&] {
        if (pipeline.frames() > 0) stopwatch.start(pipeline.latest());
    }});
    meter.finish();
    detector.finish();
    DetectionTimes times = stopwatch.finish(packets, pipeline.latest());
    times.was_stopped = stop_requested();
    return times;
}

}  // namespace flowsift::app
