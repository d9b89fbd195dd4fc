// Policy: which verdicts become alerts, how urgent each class is, and how many alerts a person can take.
//
// Defaults come from the table of class_info.h; a TOML table [alerts] changes them (policy_toml.h). Plain data, made
// once per model, then read by the detectors' threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/time.h"
#include "detect/alert.h"
#include "flow/flow_identity.h"
#include "model/model.h"

namespace flowsift::detect {

/// What a verdict on a flow of an unknown kind is called, in place of a class.
inline constexpr std::string_view kUnknownLabel = "Unknown";

inline constexpr float kDefaultThreshold = 0.5F;

struct ClassPolicy {
    Severity severity = Severity::kMedium;
    float threshold = kDefaultThreshold;  ///< Alert from this calibrated probability on.
    std::string technique;                ///< MITRE ATT&CK, "T1046"; empty: none is known.
    bool is_muted = false;                ///< Verdicts are counted and written, and raise no alert.
};

/// Flows that are known and raise no alert. A condition that is empty is not stated; a flow meets all that are stated.
struct Allowance {
    std::string note;           ///< Why, for the reader.
    std::vector<bool> classes;  ///< By class index, and one more for flows of an unknown kind; empty: any.
    std::vector<base::IpPrefix> source, destination, host;
    std::vector<std::uint16_t> destination_port;
    std::optional<base::Nanoseconds> until;  ///< The flow's first packet is before.
};

struct Policy {
    std::vector<ClassPolicy> classes;  ///< By class index of the model.
    /// Flows unlike anything learnt from (Verdict::is_novel) raise alerts of their own.
    bool alerts_on_unknown = false;
    Severity unknown_severity = Severity::kLow;
    /// Of one source or one target, until they are worth an alert: of known traffic, too, one flow in a hundred is
    /// taken for unknown.
    std::uint16_t unknown_flows = 10;
    double alerts_per_hour = 60;                             ///< The threshold rises to keep to it; 0: no limit.
    base::Nanoseconds quiet_time = 600 * base::kSecond;      ///< Ends an episode.
    base::Nanoseconds drift_period = 3'600 * base::kSecond;  ///< How often drift is told.
    std::vector<Allowance> allowances;

    /// `class_index`: of the model, or its number of classes for a flow of an unknown kind.
    bool allows(const flow::FlowIdentity& flow, std::size_t class_index) const;
};

/// Severity and technique of each class by class_info(), all of them from `threshold` on.
Policy default_policy(const model::Model& model, float threshold = kDefaultThreshold);

}  // namespace flowsift::detect
