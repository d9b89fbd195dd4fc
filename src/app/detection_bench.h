// DetectionBench: how long the attacks of a labelled recording go on before they are noticed, and how often honest
// traffic is mistaken for one, at the same thresholds.
//
// An attack is a rule of the recording whose label is not BENIGN. The recording is replayed at its own speed through
// the path that watches a wire; the time is the wall clock's, from the moment at which the first packet of the attack
// was due to the moment at which the first alarming verdict on one of its flows was handed to the outputs.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dataset/label_rules.h"
#include "detect/policy.h"
#include "model/model.h"

namespace flowsift::app {

/// Attacks of which this packet comes more than kSlowAfter after the first are slow, and timed from it.
inline constexpr std::size_t kNthPacket = 8;
inline constexpr base::Nanoseconds kSlowAfter = base::kSecond;

struct AttackTiming {
    std::string label;
    std::string note;
    bool is_slow = false;
    double seconds = 0;  ///< Since its first packet, of a slow one since its Nth; infinite: never noticed.
};

struct DetectionTimes {
    std::vector<AttackTiming> attacks;  ///< In the order of the rules; those of which no flow was seen are left out.
    double capture_seconds = 0;
    std::uint64_t benign_flows = 0;
    std::uint64_t benign_flows_alarmed = 0;
    std::uint64_t alerts = 0;
    std::uint64_t false_alerts = 0;  ///< That a benign flow opened.
    bool was_stopped = false;

    /// Of the attacks that are slow or not, in seconds; between two of them it lies on the straight line (Hyndman and Fan
    /// 1996, type 7: that of NumPy and R). Precondition: there is one.
    double quantile(double share, bool is_slow) const;
};

/// `speed`: 1 is the recording's own. Errors: a capture that cannot be opened.
base::Result<DetectionTimes> time_detection(const std::string& capture, const dataset::LabelRules& rules,
                                            const model::Model& model, const detect::Policy& policy, double speed);

}  // namespace flowsift::app
